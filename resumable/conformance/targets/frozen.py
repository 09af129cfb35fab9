"""Any implementation that reads the wall clock, which is frozen while a sequence is open."""

from contextlib import ExitStack

from model import ORIGINAL, Limits
from resumable.conformance.clock import FrozenTime
from resumable.conformance.setting import Setting
from resumable.conformance.targets.in_process import InProcess
from resumable.conformance.targets.stream_like import Classify, Factory, any_exception


class Frozen(InProcess):
    """A target that needs no other clock than ``time`` and ``datetime``."""

    def __init__(
        self,
        factory: Factory,
        *,
        name: str,
        classify: Classify = any_exception,
        always_on_file: bool = False,
    ) -> None:
        self._time = FrozenTime()
        self._thaw = ExitStack()
        super().__init__(
            factory,
            name=name,
            set_clock=self._time.set,
            classify=classify,
            always_on_file=always_on_file,
        )

    def open(self, setting: Setting, now_ms: int, limits: Limits = ORIGINAL) -> None:
        with ExitStack() as on_error:
            on_error.enter_context(self._time)
            super().open(setting, now_ms, limits)
            self._thaw = on_error.pop_all()

    def close(self) -> None:
        with self._thaw:
            super().close()
