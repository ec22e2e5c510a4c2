from measure import time_functions

SHAPES = ((32, 28, 28, 1, 32, 3, 1), (32, 28, 28, 32, 64, 3, 2), (8, 56, 56, 64, 64, 3, 1), (8, 28, 28, 128, 128, 3, 1),
          (8, 56, 56, 64, 256, 1, 1), (8, 56, 56, 64, 128, 1, 2), (1, 224, 224, 3, 64, 7, 2))


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
    with torch.no_grad():
        time_functions(functions)
