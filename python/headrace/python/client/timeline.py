"""Chrome traces of step statistics: load them at chrome://tracing to see when each operation ran."""

import collections
import json
import re

from headrace.core.public import export

AllocationMaximum = collections.namedtuple('AllocationMaximum', ('timestamp', 'num_bytes', 'tensors'))
AllocationMaximum.__doc__ = 'The most that an allocator held: when, in microseconds, how much, and the tensors it held.'

StepStatsAnalysis = collections.namedtuple('StepStatsAnalysis', ('chrome_trace', 'allocator_maximums'))
StepStatsAnalysis.__doc__ = 'A trace with `format_to_string(pretty)`, and a dict of `AllocationMaximum` by allocator.'

_ALLOCATORS_PID = 0


class _ChromeTrace:
    """Events of the trace format: https://chromium.googlesource.com/catapult (Trace Event Format)."""

    def __init__(self):
        self._processes = []
        self._events = []

    def process(self, name, pid):
        """Names the process, a row of the picture, of an id."""
        self._processes.append({'name': 'process_name', 'ph': 'M', 'pid': pid, 'args': {'name': name}})

    def event(self, phase, category, name, pid, tid, timestamp, **rest):
        """Adds an event of a phase: X complete, s and t ends of an arrow, N, O and D an object's life, C a counter."""
        event = {'ph': phase, 'cat': category, 'name': name, 'pid': pid, 'tid': tid, 'ts': timestamp}
        self._events.append({**event, **rest})

    def format_to_string(self, pretty=False):
        """The trace as JSON, with line breaks where `pretty`."""
        style = {'indent': 4, 'separators': (',', ': ')} if pretty else {'separators': (',', ':')}
        return json.dumps({'traceEvents': self._processes + self._events}, **style)


class _Tensor:
    """One output of an operation: where and when it was made, and how long it was in use."""

    def __init__(self, name, number, node, device, lane, allocation):
        self.name = name
        self.number = number
        self.device = device
        self.lane = lane
        self.start = node.all_start_micros
        self.end = self.last_use = _end(node)
        self.allocator = allocation.allocator_name
        self.num_bytes = allocation.requested_bytes


def _compute(device):
    """The process that shows the operations of a device."""
    return 2 * device + 1


def _memory(device):
    """The process that shows the tensors of a device."""
    return 2 * device + 2


def _end(node):
    return node.all_start_micros + node.all_end_rel_micros


def _is_gpu_trace(device):
    """Whether a device stands for what a GPU itself has measured: kernels and copies, not operations."""
    return '/stream:' in device or '/memcpy' in device


def _parse(node, is_gpu_trace):
    """(name, op, names of inputs, fused nodes) of a node's statistics."""
    if is_gpu_trace:  # NAME:OP
        name, op = (node.node_name.split(':') + ['unknown'])[:2]
        return name, op, [], []
    if node.node_name == 'RecvTensor':
        return node.node_name, node.node_name, [], []
    # NAME = OP(INPUT, INPUT), and of a kernel that does the work of several nodes: of NAME:OP, NAME:OP
    label = re.match(r'(.*) = (.*)\((.*)\)(?: of (.*))?', node.timeline_label)
    if label is None:
        return node.node_name, 'unknown', [], []
    _, op, inputs, fused = label.groups()
    return node.node_name, op, inputs.split(', ') if inputs else [], fused.split(', ') if fused else []


def _lanes(nodes):
    """A row for each node of a device, so that no two in one row overlap."""
    ends, result = [0], []
    for node in nodes:
        lane = next((i for i, end in enumerate(ends) if node.all_start_micros > end), len(ends))
        ends[lane:lane + 1] = [_end(node)]
        result.append(lane)
    return result


class Timeline:
    """A picture of what the devices did in one step."""

    def __init__(self, step_stats, graph=None):
        """Takes the statistics.

        Args:
          step_stats: the `StepStats` of a `tf.RunMetadata`.
          graph: not used.
        """
        self._step_stats = step_stats

    def analyze_step_stats(self, show_dataflow=True, show_memory=True):
        """Makes the events of the trace.

        Args:
          show_dataflow: whether to draw arrows between operations in different rows.
          show_memory: whether to show the lives of tensors and how much the allocators held.

        Returns:
          A `StepStatsAnalysis`; without `show_memory` it tells nothing of allocators.
        """
        trace = _ChromeTrace()
        trace.process('Allocators', _ALLOCATORS_PID)
        devices = self._step_stats.dev_stats
        for i, device in enumerate(devices):
            trace.process(f'{device.device} Compute', _compute(i))
            trace.process(f'{device.device} Tensors', _memory(i))
        lanes = [_lanes(device.node_stats) for device in devices]
        tensors = self._tensors(lanes, trace if show_memory else None)
        self._show_operations(lanes, tensors, trace, show_dataflow)
        maximums = {}
        if show_memory:
            for tensor in tensors.values():
                trace.event('D', 'Tensor', tensor.name, _memory(tensor.device), 0, tensor.last_use, id=tensor.number)
            maximums = _show_allocators(tensors.values(), trace)
        return StepStatsAnalysis(trace, maximums)

    def _tensors(self, lanes, trace):
        """All outputs by name; their creation is shown in the trace, if there is one."""
        tensors = {}
        for i, device in enumerate(self._step_stats.dev_stats):
            pid = _memory(i)
            for node, lane in zip(device.node_stats, lanes[i]):
                for slot, output in enumerate(node.output):
                    name = node.node_name if slot == 0 else f'{node.node_name}:{slot}'
                    allocation = output.tensor_description.allocation_description
                    tensor = _Tensor(name, len(tensors), node, i, lane, allocation)
                    tensors[name] = tensor
                    if trace:
                        text = str(output.tensor_description).replace('"', '')
                        trace.event('N', 'Tensor', name, pid, lane, tensor.start, id=tensor.number)
                        trace.event('O', 'Tensor', name, pid, lane, _end(node) - 1, id=tensor.number,
                                    args={'snapshot': {'tensor_description': text}})
        return tensors

    def _show_operations(self, lanes, tensors, trace, show_dataflow):
        arrows = 0
        for i, device in enumerate(self._step_stats.dev_stats):
            pid = _compute(i)
            for node, lane in zip(device.node_stats, lanes[i]):
                name, op, inputs, fused = _parse(node, _is_gpu_trace(device.device))
                arguments = {'name': name, 'op': op}
                arguments.update((f'input{number}', each) for number, each in enumerate(inputs))
                arguments.update((f'node{number}', each) for number, each in enumerate(fused))
                trace.event('X', 'Op', op, pid, lane, node.all_start_micros, dur=node.all_end_rel_micros,
                            args=arguments)
                for each in inputs:
                    if each not in tensors:
                        continue
                    source = tensors[each]
                    source.last_use = max(source.last_use, _end(node) - 1)
                    if show_dataflow and (source.device, source.lane) != (i, lane):
                        trace.event('s', 'DataFlow', each, _compute(source.device), source.lane, source.end, id=arrows)
                        trace.event('t', 'DataFlow', each, pid, lane, node.all_start_micros, id=arrows)
                        arrows += 1

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False):
        """The trace as JSON for chrome://tracing and for Perfetto.

        Args:
          show_dataflow: whether to draw arrows between operations in different rows.
          show_memory: whether to show the lives of tensors and how much the allocators held.

        Returns:
          Text.
        """
        return self.analyze_step_stats(show_dataflow, show_memory).chrome_trace.format_to_string(pretty=True)


def _show_allocators(tensors, trace):
    """Shows how much each allocator held over time; returns the most of each."""
    changes = {}
    for tensor in tensors:
        changes.setdefault(tensor.allocator, []).extend([
            (tensor.start, tensor.num_bytes, tensor.name), (tensor.last_use, -tensor.num_bytes, tensor.name)])
    maximums = {}
    for allocator, times in changes.items():
        total, held = 0, set()
        maximum = AllocationMaximum(0, 0, set())
        for time, num_bytes, name in sorted(times):
            total += num_bytes
            (held.discard if num_bytes < 0 else held.add)(name)
            if total > maximum.num_bytes:
                maximum = AllocationMaximum(time, total, set(held))
            trace.event('C', 'Memory', allocator, _ALLOCATORS_PID, 0, time, args={allocator: total})
        maximums[allocator] = maximum
    return maximums


export(globals())
