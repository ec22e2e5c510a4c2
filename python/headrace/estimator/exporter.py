"""What exports a model while it is trained and evaluated."""

import abc
import glob
import os
import shutil

__all__ = ['Exporter', 'FinalExporter', 'LatestExporter', 'BestExporter']


class Exporter(abc.ABC):
    """Exports a model after evaluations; subclasses say when and how."""

    @property
    @abc.abstractmethod
    def name(self):
        """The name of the directory that exports go to."""

    @abc.abstractmethod
    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports a model, or does nothing.

        Args:
          estimator: the Estimator.
          export_path: the directory.
          checkpoint_path: the checkpoint that was evaluated.
          eval_result: the dict of its evaluation.
          is_the_final_export: whether training has come to its end.

        Returns:
          The path of the export, or None.
        """


class _SavedModelExporter(Exporter):
    """Exports each time."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra, as_text):
        self._name, self._serving_input_receiver_fn = name, serving_input_receiver_fn
        self._assets_extra, self._as_text = assets_extra, as_text

    @property
    def name(self):
        return self._name

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        return estimator.export_saved_model(export_path, self._serving_input_receiver_fn, assets_extra=self._assets_extra,
                                            as_text=self._as_text, checkpoint_path=checkpoint_path)

    def _collect_garbage(self, export_path, exports_to_keep):
        """Deletes all but the newest exports."""
        if exports_to_keep is None:
            return
        from headrace import logging
        exports = sorted((name for name in os.listdir(export_path) if name.isdigit()), key=int)
        for name in exports[:max(len(exports) - exports_to_keep, 0)]:
            try:
                shutil.rmtree(os.path.join(export_path, name))
            except OSError as error:
                logging.warning('Can not delete %s recursively: %s', os.path.join(export_path, name), error)


class FinalExporter(_SavedModelExporter):
    """Exports once, at the end of training."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, as_text=False):
        """`name`: of the exports' directory; the rest as of `Estimator.export_saved_model`."""
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        if not is_the_final_export:
            return None
        from headrace import logging
        logging.info('Performing the final export in the end of training.')
        return super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)


class LatestExporter(_SavedModelExporter):
    """Exports after each evaluation, and keeps the newest."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, as_text=False, exports_to_keep=5):
        """`exports_to_keep`: how many stay; None: all. The rest as of FinalExporter. ValueError for a number below 1."""
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._exports_to_keep = _checked_number(exports_to_keep)

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        result = super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
        self._collect_garbage(export_path, self._exports_to_keep)
        return result


def _loss_smaller(best_eval_result, current_eval_result):
    """Whether the loss of an evaluation is below the best so far. ValueError where one has none."""
    for result in (best_eval_result, current_eval_result):
        if not result or 'loss' not in result:
            raise ValueError('best_eval_result and current_eval_result cannot be empty or no loss is found in them.')
    return best_eval_result['loss'] > current_eval_result['loss']


class BestExporter(_SavedModelExporter):
    """Exports after an evaluation that is better than all before."""

    def __init__(self, name='best_exporter', serving_input_receiver_fn=None, event_file_pattern='eval/*.tfevents.*',
                 compare_fn=_loss_smaller, assets_extra=None, as_text=False, exports_to_keep=5):
        """
        Args:
          name: of the exports' directory.
          serving_input_receiver_fn: a function that gives a ServingInputReceiver.
          event_file_pattern: event files of earlier evaluations, as seen from the model's directory, which count as well.
          compare_fn: a function of `best_eval_result` and `current_eval_result` that says whether the latter is better.
          assets_extra, as_text: as of `Estimator.export_saved_model`.
          exports_to_keep: how many stay; None: all.

        Raises:
          ValueError: `compare_fn` is None or takes other arguments, or the number is below 1.
        """
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._compare_fn = compare_fn
        if compare_fn is None:
            raise ValueError('`compare_fn` must not be None.')
        self._event_file_pattern = event_file_pattern
        self._model_dir = self._best_eval_result = None
        _check_comparison(compare_fn)
        self._exports_to_keep = _checked_number(exports_to_keep)

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        from headrace import logging
        if self._model_dir != estimator.model_dir and self._event_file_pattern:
            logging.info('Loading best metric from event files.')
            self._model_dir = estimator.model_dir
            self._best_eval_result = self._best_of_files(os.path.join(self._model_dir, self._event_file_pattern))
        if (self._best_eval_result is None or self._compare_fn(
                best_eval_result=self._best_eval_result, current_eval_result=eval_result)):
            logging.info('Performing best model export.')
            self._best_eval_result = eval_result
            result = super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
            self._collect_garbage(export_path, self._exports_to_keep)
            return result
        return None

    def _best_of_files(self, pattern):
        """The best result that event files tell of, or None."""
        from headrace.core.event_files import summary_iterator
        best = None
        for path in glob.glob(pattern):
            for event in summary_iterator(path):
                if not event.HasField('summary'):
                    continue
                result = {value.tag: value.simple_value for value in event.summary.value if value.HasField('simple_value')}
                if result and (best is None or self._compare_fn(best, result)):
                    best = result
        return best


def _check_comparison(compare_fn):
    from headrace.estimator.inputs import arguments_of
    names = set(arguments_of(compare_fn))
    for name in ('best_eval_result', 'current_eval_result'):
        if name not in names:
            raise ValueError(f'compare_fn ({compare_fn}) must include {name} argument.')
    unknown = names - {'best_eval_result', 'current_eval_result'}
    if unknown:
        raise ValueError(f'compare_fn ({compare_fn}) has following not expected args: {sorted(unknown)}')


def _checked_number(exports_to_keep):
    if exports_to_keep is not None and exports_to_keep <= 0:
        raise ValueError('`exports_to_keep`, if provided, must be positive number')
    return exports_to_keep
