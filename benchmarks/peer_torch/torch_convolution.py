from measure import time_functions

SHAPES = ((32, 28, 28, 1, 32, 3, 1), (32, 28, 28, 32, 64, 3, 2), (8, 56, 56, 64, 64, 3, 1), (8, 28, 28, 128, 128, 3, 1),
          (8, 56, 56, 64, 256, 1, 1), (8, 56, 56, 64, 128, 1, 2), (1, 224, 224, 3, 64, 7, 2))
POOLS = ((32, 28, 28, 32, 2, 2), (8, 112, 112, 64, 3, 2))
DEPTHWISE = ((8, 56, 64, 3, 1), (8, 112, 32, 3, 2), (8, 28, 256, 3, 1))


def depthwise(torch, functions):
    back = torch.ops.aten.convolution_backward
    for batch, size, channels, window, stride in DEPTHWISE:
        x = torch.randn(batch, channels, size, size).to(memory_format=torch.channels_last)
        w = torch.randn(channels, 1, window, window)
        pad = window // 2

        def forward(x=x, w=w, stride=stride, pad=pad, channels=channels):
            return torch.nn.functional.conv2d(x, w, None, stride, pad, 1, channels)

        dy = torch.randn_like(forward())

        def gradient(mask, dy=dy, x=x, w=w, stride=stride, pad=pad, channels=channels):
            return back(dy, x, w, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], channels, mask)

        name = '%dx%dx%dx%d/%dx%d/%d' % (batch, size, size, channels, window, window, stride)
        functions['depthwise/' + name] = forward
        functions['depthwise_by_input/' + name] = lambda g=gradient: g([True, False, False])
        functions['depthwise_by_filter/' + name] = lambda g=gradient: g([False, True, False])


def pools(torch, functions):
    """PyTorch keeps where the largest elements were; its gradient need not look for them."""
    of_max, of_mean = torch.ops.aten.max_pool2d_with_indices_backward, torch.ops.aten.avg_pool2d_backward
    for batch, height, width, channels, window, stride in POOLS:
        x = torch.randn(batch, channels, height, width).to(memory_format=torch.channels_last)
        k, s, p = [window] * 2, [stride] * 2, [window // 2 if window % 2 else 0] * 2
        y, where = torch.nn.functional.max_pool2d(x, k, s, p, return_indices=True)
        dy = torch.randn_like(y)
        name = '%dx%dx%dx%d/%d/%d' % (batch, height, width, channels, window, stride)
        functions['max_pool/' + name] = lambda x=x, k=k, s=s, p=p: torch.nn.functional.max_pool2d(x, k, s, p)
        functions['max_pool_gradient/' + name] = (
            lambda x=x, k=k, s=s, p=p, dy=dy, where=where: of_max(dy, x, k, s, p, [1, 1], False, where))
        functions['mean_pool/' + name] = (
            lambda x=x, k=k, s=s, p=p: torch.nn.functional.avg_pool2d(x, k, s, p, count_include_pad=False))
        functions['mean_pool_gradient/' + name] = (
            lambda x=x, k=k, s=s, p=p, dy=dy: of_mean(dy, x, k, s, p, False, False, None))


def measure(torch, np, wrap):
    functions = {}
    back = torch.ops.aten.convolution_backward
    for batch, height, width, channels, filters, window, stride in SHAPES:
        x = torch.randn(batch, channels, height, width).to(memory_format=torch.channels_last)
        w = torch.randn(filters, channels, window, window).to(memory_format=torch.channels_last)
        pad = window // 2
        y = torch.nn.functional.conv2d(x, w, None, stride, pad)
        dy = torch.randn_like(y)
        name = '%dx%dx%dx%d/%dx%d/%d/%d' % (batch, height, width, channels, window, window, filters, stride)

        def gradient(mask, dy=dy, x=x, w=w, stride=stride, pad=pad):
            return back(dy, x, w, None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], 1, mask)

        functions['forward/' + name] = lambda x=x, w=w, s=stride, p=pad: torch.nn.functional.conv2d(x, w, None, s, p)
        functions['by_input/' + name] = lambda g=gradient: g([True, False, False])
        functions['by_filter/' + name] = lambda g=gradient: g([False, True, False])
    depthwise(torch, functions)
    pools(torch, functions)
    with torch.no_grad():
        time_functions(functions)
