from measure import time_functions

SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)


def measure(torch, np, wrap):
    def arithmetic(x):
        y = torch.relu(x * 1.5 + 0.25)
        y = torch.square(y - 0.75) * 0.5
        y = torch.minimum(torch.maximum(y, low), high)
        return -y + x

    def transcendental(x):
        y = torch.tanh(x) * torch.sigmoid(x)
        y = torch.exp(-torch.square(y)) + 1.0
        y = torch.log(y) * torch.sqrt(torch.abs(x))
        return torch.sin(y)

    low, high = torch.tensor(0.125), torch.tensor(4.0)
    functions = {}
    for size in SIZES:
        x = torch.rand(size)
        chain = wrap(arithmetic)
        functions['arithmetic/%d' % size] = lambda chain=chain, x=x: chain(x)
        if size < 10**7:
            other = wrap(transcendental)
            functions['transcendental/%d' % size] = lambda chain=other, x=x: chain(x)
    matrix, row, column = torch.rand(1000, 1000), torch.rand(1000), torch.rand(1000, 1)
    add, multiply = wrap(lambda a, b: a + b), wrap(lambda a, b: a * b)
    functions['broadcast/row'] = lambda: add(matrix, row)
    functions['broadcast/column'] = lambda: multiply(matrix, column)
    functions['broadcast/outer'] = lambda: add(row, column)
    with torch.no_grad():
        time_functions(functions)
