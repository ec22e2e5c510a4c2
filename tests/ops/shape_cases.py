"""The cases of shapes.tsv: (op, inputs, attributes), in the spelling that record_shapes.py explains.

Left out is where TensorFlow 1.15 errs: a stitch of nothing (one row, but it has none), Substr with positions and
lengths of unknown number (an error), SparseApplyAdagrad with a scalar gradient (a crash), and bands of diagonals of
unknown lengths, sizes and indices (-1 counts as their value)."""

from importlib import import_module

# Each has a file of its own, shape_cases_FAMILY.py: a TABLE, or a function that gives its lines.
FAMILIES = ('math', 'variables', 'arrays', 'linear_algebra', 'sparse', 'nn', 'strings', 'random', 'containers', 'files', 'image',
            'accumulators', 'convolution', 'signal', 'sequences', 'quantized')

UNARY = '''
Abs Neg Square Sqrt Rsqrt Exp Log Sin Tanh Sigmoid Sign Floor IsNan Relu Elu Softplus Round Identity StopGradient
ZerosLike OnesLike Snapshot Erf Acos Acosh Asin Asinh Atan Atanh BesselI0e BesselI1e Ceil Cos Cosh Digamma Erfc
Expm1 Inv IsFinite IsInf LeakyRelu Lgamma Log1p Reciprocal Relu6 Rint Selu Sinh Softsign Tan
'''.split()
BINARY = '''
Add AddV2 Sub Mul RealDiv Maximum Pow Equal Less SquaredDifference FloorMod DivNoNan Xlogy Atan2 Div FloorDiv
Greater GreaterEqual Igamma IgammaGradA Igammac LessEqual Minimum Mod MulNoNan NextAfter Polygamma TruncateMod Xdivy
Zeta NotEqual
'''.split()
BROADCASTS = ['[2,3]; [2,3]', '[2,3]; []', '[]; [2,3]', '[2,3]; [3]', '[3]; [2,3]', '[2,1]; [1,3]', '[2,3]; [1]',
              '[2,?]; [2,3]', '[?,3]; [?,3]', '[?]; [1]', '[?]; [5]', '[5]; [?]', '[?]; [0]', '[0]; [1]', '?; [2]',
              '[2]; ?', '?; ?', '?; []', '[2]; [3]', '[2,3]; [2]', '[2,3]; [4,3]', '[4,1,3]; [5,1]', '[?,1]; [1,?]',
              '[1,?]; [2,1]', '[0]; [2]', '[?,?,4]; [3,4]', '[]; []', '[1]; []', '[?]; []']
MERGES = ['[2,3]; [2,3]', '[2,?]; [?,3]', '?; [2]', '[2]; ?', '?; ?', '[2]; [3]', '[2,3]; [2]', '[]; []', '[1]; []']
MERGE_GRADS = 'ReluGrad Relu6Grad EluGrad SeluGrad SoftplusGrad SoftsignGrad LeakyReluGrad'.split()
UNCHANGED_GRADS = 'SigmoidGrad TanhGrad ReciprocalGrad SqrtGrad RsqrtGrad InvGrad'.split()
REDUCTIONS = 'Sum Mean Prod Max Min EuclideanNorm'.split()
REDUCE = ['float[2,3,4]; int32[]=1', 'float[2,3,4]; int32[2]=0,2', 'float[2,3,4]; int32[1]=-1',
          'float[2,3,4]; int32[0]=', 'float[2,3,4]; int32[3]=0,1,2', 'float[2,3,4]; int32[2]=1,1',
          'float[2,3,4]; int32[2]=1,-2', 'float[2,3,4]; int32[1]=3', 'float[2,3,4]; int32[1]=-4',
          'float[2,3,4]; int32[?]', 'float[2,3,4]; int32?', 'float[2,3,4]; int32[1,1]=0', 'float[2,3,4]; int32[?,?]',
          'float?; int32[]=0', 'float?; int32[?]', 'float[]; int32[0]=', 'float[]; int32[]=0', 'float[?,3]; int32[]=0',
          'float[?,3]; int64[1]=1', 'float[0,3]; int32[]=0']


def pairs(shapes, dtype='float'):
    return ['; '.join(dtype + s for s in pair.split('; ')) for pair in shapes]


def cases():
    for op in UNARY:
        for shape in ('[2,3]', '[?,3]', '?'):
            yield op, 'float' + shape, ''
    for op in BINARY:
        shapes = BROADCASTS if op in ('Add', 'Equal') else BROADCASTS[:4] + BROADCASTS[18:20]
        for inputs in pairs(shapes):
            yield op, inputs, ''
    for op in MERGE_GRADS + UNCHANGED_GRADS:
        for inputs in pairs(MERGES if op in ('ReluGrad', 'SigmoidGrad') else MERGES[:2] + MERGES[5:6]):
            yield op, inputs, ''
    for op in REDUCTIONS:
        for inputs in REDUCE if op in ('Sum', 'Max') else REDUCE[:3]:
            yield op, inputs, ''
            yield op, inputs, 'keep_dims=true'
    for family in FAMILIES:
        module = import_module(f'shape_cases_{family}')
        for line in module.lines() if hasattr(module, 'lines') else module.TABLE.strip().split('\n'):
            yield split_line(line)


def split_line(line):
    """Fields end at the first and the last "|": string values contain others."""
    op, rest = line.split('|', 1)
    inputs, attrs = rest.rsplit('|', 1)
    return op.strip(), inputs.strip(), attrs.strip()

