"""When hooks act: every so many steps, or every so many seconds."""

import time

__all__ = ['SecondOrStepTimer']


class SecondOrStepTimer:
    """Triggers at the first step, and then every so many steps, or at the first step after so many seconds."""

    def __init__(self, every_secs=None, every_steps=None):
        """Exactly one of the two is given, else ValueError."""
        if every_secs is None and every_steps is None:
            raise ValueError('Either every_secs or every_steps should be provided.')
        if every_secs is not None and every_steps is not None:
            raise ValueError('Can not provide both every_secs and every_steps.')
        self._every_secs, self._every_steps = every_secs, every_steps
        self.reset()

    def reset(self):
        """Forgets the last step: the next one triggers."""
        self._last_triggered_step = None
        self._last_triggered_time = None

    def should_trigger_for_step(self, step):
        """Whether the time has come at a step. Never twice for one step."""
        if self._last_triggered_step is None:
            return True
        if self._last_triggered_step == step:
            return False
        if self._every_secs is not None:
            return time.time() >= self._last_triggered_time + self._every_secs
        return step >= self._last_triggered_step + self._every_steps

    def update_last_triggered_step(self, step):
        """Notes that it triggers now. Gives (seconds, steps) since the last time; (None, None) the first time."""
        now = time.time()
        since = (None, None)
        if self._last_triggered_step is not None:
            since = now - self._last_triggered_time, step - self._last_triggered_step
        self._last_triggered_time, self._last_triggered_step = now, step
        return since

    def last_triggered_step(self):
        """The step of the last time, or None."""
        return self._last_triggered_step


class NeverTriggerTimer(SecondOrStepTimer):
    """Stays silent."""

    def __init__(self):
        self.reset()

    def should_trigger_for_step(self, step):
        """False."""
        return False

    def update_last_triggered_step(self, step):
        """(None, None)"""
        return None, None
