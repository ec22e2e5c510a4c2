"""Chrome traces are those that TensorFlow makes of the same statistics."""

import json
import os

import pytest
from google.protobuf import text_format

from headrace.core import protos
from headrace.python.client import timeline

with open(os.path.join(os.path.dirname(__file__), 'recorded', 'timeline.json'), encoding='utf-8') as _file:
    RECORDED = json.load(_file)


def step_stats(case):
    return text_format.Parse(case['step_stats'], protos.StepStats())


@pytest.mark.parametrize('case', RECORDED, ids=range(len(RECORDED)))
def test_trace(case):
    for options, want in case['traces']:
        got = json.loads(timeline.Timeline(step_stats(case)).generate_chrome_trace_format(**options))
        for got_event, want_event in zip(got['traceEvents'], want['traceEvents']):
            assert got_event == want_event
        assert got == want


@pytest.mark.parametrize('case', RECORDED, ids=range(len(RECORDED)))
def test_analysis(case):
    analysis = timeline.Timeline(step_stats(case)).analyze_step_stats()
    assert {name: [maximum.timestamp, maximum.num_bytes, sorted(maximum.tensors)]
            for name, maximum in analysis.allocator_maximums.items()} == case['maximums']
    assert json.loads(analysis.chrome_trace.format_to_string()) == json.loads(
        analysis.chrome_trace.format_to_string(pretty=True))
    without = timeline.Timeline(step_stats(case)).analyze_step_stats(show_memory=False)
    assert without.allocator_maximums == {}
