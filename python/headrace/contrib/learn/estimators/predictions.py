"""What the ready estimators predict: classes or scores by themselves, where no outputs are named."""

from headrace.contrib.learn.estimators.constants import PredictionKey
from headrace.contrib.learn.estimators.estimator import Estimator
from headrace.core.deprecation import deprecated_args


def _predict_key(made, key, x, input_fn, batch_size, as_iterable):
    """The predictions of one key: yielded one by one, or those of the first batch."""
    found = Estimator.predict(made, x=x, input_fn=input_fn, batch_size=batch_size, outputs=[key], as_iterable=as_iterable)
    return (prediction[key] for prediction in found) if as_iterable else found[key]


class ClassPredictions:
    """Of an estimator that tells classes apart."""

    @deprecated_args('2017-03-01', 'Please switch to predict_classes, or set `outputs` argument.', 'outputs')
    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True):
        """The classes, or with `outputs` the dicts, of `Estimator.predict`."""
        if not outputs:
            return self.predict_classes(x=x, input_fn=input_fn, batch_size=batch_size, as_iterable=as_iterable)
        return super().predict(x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable)

    def predict_classes(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The classes of examples. Arguments as of `Estimator.predict`."""
        return _predict_key(self, PredictionKey.CLASSES, x, input_fn, batch_size, as_iterable)

    def predict_proba(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The probabilities of all classes, for each example. Arguments as of `Estimator.predict`."""
        return _predict_key(self, PredictionKey.PROBABILITIES, x, input_fn, batch_size, as_iterable)


class ScorePredictions:
    """Of an estimator that tells numbers."""

    @deprecated_args('2017-03-01', 'Please switch to predict_scores, or set `outputs` argument.', 'outputs')
    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True):
        """The scores, or with `outputs` the dicts, of `Estimator.predict`."""
        if not outputs:
            return self.predict_scores(x=x, input_fn=input_fn, batch_size=batch_size, as_iterable=as_iterable)
        return super().predict(x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable)

    def predict_scores(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """The numbers of examples. Arguments as of `Estimator.predict`."""
        return _predict_key(self, PredictionKey.SCORES, x, input_fn, batch_size, as_iterable)
