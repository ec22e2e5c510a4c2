from measure import time_functions


def measure(torch, np, wrap):
    functional = torch.nn.functional
    x, y = torch.rand(2048, 2048), torch.rand(2048, 2048)
    logits, classes = torch.randn(128, 10000), torch.randint(10000, (128,))
    dense = torch.full((128, 10000), 1e-4)
    rows, table = torch.randint(2048, (2048,)), torch.zeros(2048, 2048)
    cube = x.reshape(128, 32, 1024)
    small, large = torch.empty(1000000), torch.empty(4000000)
    integers = torch.empty(4000000, dtype=torch.int32)
    functions = {
        'sum/all': lambda: x.sum(), 'sum/axis_0': lambda: x.sum(0), 'sum/axis_1': lambda: x.sum(1),
        'mean/axis_0': lambda: x.mean(0), 'max/axis_1': lambda: x.amax(1),
        'softmax': lambda: torch.softmax(x, 1), 'log_softmax': lambda: torch.log_softmax(x, 1),
        'cross_entropy/sparse': lambda: functional.cross_entropy(logits, classes, reduction='none'),
        'cross_entropy/dense': lambda: functional.cross_entropy(logits, dense, reduction='none'),
        'transpose': lambda: x.t().contiguous(), 'transpose/3d': lambda: cube.permute(1, 0, 2).contiguous(),
        'gather': lambda: x.index_select(0, rows), 'scatter': lambda: table.index_copy_(0, rows, y),
        'concat': lambda: torch.cat([x, y], 1), 'stack': lambda: torch.stack([x, y]), 'tile': lambda: x.repeat(2, 1),
        'slice': lambda: x[1:2047, 1:2047].contiguous(), 'pad': lambda: functional.pad(x, (1, 1, 1, 1)),
        'where': lambda: torch.where(x > y, x, y), 'cast': lambda: x.to(torch.int32),
        'one_hot': lambda: functional.one_hot(rows % 1000, 1000),
        'argmax': lambda: x.argmax(1), 'top_k': lambda: x.topk(5), 'cumsum': lambda: x.cumsum(1),
        'random/uniform': lambda: large.uniform_(), 'random/normal': lambda: large.normal_(),
        'random/truncated_normal': lambda: torch.nn.init.trunc_normal_(small, a=-2.0, b=2.0),
        'random/integers': lambda: integers.random_(1000),
    }
    with torch.no_grad():
        time_functions({name: wrap(function) for name, function in functions.items()}, 1e3, 'ms')
