"""The cases of shapes.tsv of conditional accumulators, as in shape_cases.py."""

ATTRS = 'dtype=float shape=[2,?]'
MAKERS = ('ConditionalAccumulator', 'SparseConditionalAccumulator', 'ResourceConditionalAccumulator')
BY_REFERENCE, BY_HANDLE = ('string&[2]', 'string&[3]', 'string&?'), ('resource[2]', 'resource?', 'resource[3]')


def lines():
    for op in MAKERS:
        yield f'{op} || {ATTRS}'
    for prefix, handles in (('', BY_REFERENCE), ('Resource', BY_HANDLE)):
        for handle in handles:
            for step in ('[]', '[1]', '?'):
                yield f'{prefix}AccumulatorApplyGradient | {handle}; int64{step}; float[2,3] |'
                yield f'{prefix}AccumulatorSetGlobalStep | {handle}; int64{step} |'
                yield f'{prefix}AccumulatorTakeGradient | {handle}; int32{step} | dtype=float'
            yield f'{prefix}AccumulatorNumAccumulated | {handle} |'
    for handle in BY_REFERENCE:
        for step in ('[]', '[1]', '?'):
            yield f'SparseAccumulatorTakeGradient | {handle}; int32{step} | dtype=float'
            for indices, values, shape in (('[2]', '[2,3]', '[2]'), ('[2]', '[3,3]', '[2]'), ('[2,1]', '[]', '[2,2]')):
                yield (f'SparseAccumulatorApplyGradient | {handle}; int64{step}; int64{indices}; float{values}; '
                       f'int64{shape} | has_known_shape=true')
