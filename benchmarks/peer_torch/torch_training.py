from measure import best, report  # and where the parts lie
import images

LAYERS = (784, 300, 100, 10)


def measure(torch, np, wrap):
    nn = torch.nn
    data, labels = map(torch.from_numpy, images.mnist(np))

    def network(activation, normalized=False):
        parts = []
        for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
            if i:
                parts.append(activation())
            parts.append(nn.Linear(inputs, outputs))
            if normalized:
                parts.append(nn.BatchNorm1d(outputs))
        return nn.Sequential(*parts)

    def time_steps(model, optimizer, batches):
        loss_of = nn.CrossEntropyLoss()

        def loss(x, y):
            return loss_of(model(x), y)

        loss = wrap(loss)

        def epoch(batch, steps):
            for i in range(steps):
                rows = slice(i * batch, (i + 1) * batch)
                optimizer.zero_grad()
                loss(data[rows], labels[rows]).backward()
                optimizer.step()

        for name, batch, steps in batches:
            report(name, steps / best(lambda: epoch(batch, steps)), 'steps/s')

    def descent(model):
        return torch.optim.SGD(model.parameters(), 0.01)

    plain = network(nn.ReLU)
    time_steps(plain, descent(plain), (('mnist/50', 50, 100), ('mnist/200', 200, 50), ('mnist/1000', 1000, 10)))
    predict = wrap(plain)
    with torch.no_grad():
        for batch in (1, 50, 10000):
            first = data[:batch]
            report('predict/%d' % batch, best(lambda: predict(first)) * 1e6, 'us')
    normalized = network(nn.ELU, True)
    time_steps(normalized, torch.optim.SGD(normalized.parameters(), 0.01, 0.9),
               (('elu_batch_norm/50', 50, 100), ('elu_batch_norm/200', 200, 50)))
    optimizers = {
        'momentum': lambda p: torch.optim.SGD(p, 0.01, 0.9),
        'nesterov': lambda p: torch.optim.SGD(p, 0.01, 0.9, nesterov=True),
        'adagrad': lambda p: torch.optim.Adagrad(p, 0.01),
        'rmsprop': lambda p: torch.optim.RMSprop(p, 0.001, 0.9, momentum=0.9),
        'adam': lambda p: torch.optim.Adam(p),
    }
    for name, optimizer in optimizers.items():
        model = network(nn.ReLU)
        time_steps(model, optimizer(model.parameters()), (('optimizer/' + name, 50, 100),))
    data, labels = map(torch.from_numpy, images.noise(np))
    plain = network(nn.ReLU)
    time_steps(plain, descent(plain), (('noise/50', 50, 100),))
