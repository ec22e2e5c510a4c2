"""What a model function builds its graph for."""

__all__ = ['ModeKeys']


class ModeKeys:
    """The modes: training, evaluation, prediction."""

    TRAIN = 'train'
    EVAL = 'eval'
    PREDICT = 'infer'
