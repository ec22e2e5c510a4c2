from measure import time_functions

SHAPES = ((50, 10, 100), (50, 784, 300), (200, 300, 100), (1, 784, 300), (512, 512, 512), (1000, 784, 300), (2048, 2048, 2048))


def measure(torch, np, wrap):
    functions = {}

    def add(name, function, *values):
        function = wrap(function)
        functions[name] = lambda: function(*values)

    for rows, inner, columns in SHAPES:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        name = '%dx%dx%d' % (rows, inner, columns)
        add('float/' + name, torch.matmul, a, b)
        if (rows, inner) in ((50, 784), (512, 512)):
            for dtype, label in ((torch.float64, 'double'), (torch.float16, 'float16'), (torch.bfloat16, 'bfloat16')):
                add('%s/%s' % (label, name), torch.matmul, a.to(dtype), b.to(dtype))
            add('transposed/' + name, lambda a, b: torch.matmul(a.t(), b.t()), a.t().contiguous(), b.t().contiguous())
    many = torch.randn(64, 64, 64)
    add('batched/64x64x64x64', torch.matmul, many, many)
    general = torch.randn(256, 256, dtype=torch.float64)
    symmetric = general @ general.t() + 256 * torch.eye(256, dtype=torch.float64)
    right = torch.randn(256, 8, dtype=torch.float64)
    add('cholesky/256', torch.linalg.cholesky, symmetric)
    add('inverse/256', torch.linalg.inv, general)
    add('solve/256', torch.linalg.solve, general, right)
    add('eigenvalues/256', lambda x: torch.linalg.eigh(x)[0], symmetric)
    add('svd/256', lambda x: torch.linalg.svd(x, full_matrices=False)[1], general)
    add('determinant/256', torch.linalg.det, general)
    with torch.no_grad():
        time_functions(functions)
