"""What the synchronous and the asynchronous client have in common: how they are made, and nothing that sends."""

from __future__ import annotations

import os
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

from .deadlines import Deadline
from .errors import InvalidInputError
from .instances import Instance, choose_instance
from .regions import check_crn
from .secret import hide
from .settings import Settings, make_settings

if TYPE_CHECKING:
    import httpx

    from .calibration.history_plan import HistoryPlan
    from .calls import Call
    from .recording import Recording

__all__ = ["API_VERSION", "BaseClient"]

API_VERSION = "2026-03-15"  # of the API, unless another is asked for
_T = TypeVar("_T")
_Transport = TypeVar("_Transport")
_REPLAY_INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/sandbox:sandbox::"
_REPLAY_HOST = "https://recording.invalid"


class BaseClient(ABC, Generic[_Transport]):
    """A client of the API.

    Credentials come from the arguments, else the named account, else the environment (`QISKIT_IBM_TOKEN`,
    `QISKIT_IBM_INSTANCE`), else the default account that Qiskit saved. Nothing is sent before the first call.

    Args:
        api_key: IBM Cloud API key; it is exchanged for tokens at IAM and sent nowhere else.
        token: In place of a key: a bearer token, a function that gives one, or an authentication of httpx.
        instance: CRN or name of the instance. None: the account's, or its only one.
        account: Name of a saved account.
        account_file: Where accounts are saved; `~/.qiskit/qiskit-ibm.json` where None.
        region: `us-east` or `eu-de`, in place of the one in the CRN; without a CRN, which instances to choose from.
        private_endpoint: Use the private endpoints, from within IBM Cloud.
        base_url: Another host, up to `/api`; https, or http to this machine.
        iam_url: Another host for the token exchange; `IAM_URL` of the environment, or IBM's, where None.
        api_version: The API's version, a date.
        timeout: Seconds to connect, and between any two bytes of an answer; or an `httpx.Timeout`.
        deadline: Seconds for a whole call, retries and token exchange included; None is without end. `deadline=` of a
            call goes before it.
        retries: How many attempts may follow the first, after 429, 5xx, or an answer that did not come whole.
        verify: Whether to verify certificates; or a file of certificates, or an `ssl.SSLContext`.
        proxy: URL of a proxy; those of the environment where None.
        transport: What to send through in place of the network, such as `recording.Record`; the settings of
            connections are then its own.
        watch: Called with operationId and body of each complete answer with status 200, before it is decoded, such as
            `drift.payload.PayloadCheck()`; from several threads at once in a fleet. What it raises, the call raises.
        event_hooks: Of httpx, for each request and answer, the token exchange included: they see the credentials.

    Raises:
        InvalidInputError: An argument that cannot be right.
        CredentialsError: No credentials, or unusable ones.
    """

    _crn: str | None = None

    def __init__(
        self,
        *,
        api_key: str | None = None,
        token: str | Callable[[], str] | httpx.Auth | None = None,
        instance: str | None = None,
        account: str | None = None,
        account_file: str | os.PathLike[str] | None = None,
        region: str | None = None,
        private_endpoint: bool = False,
        base_url: str | None = None,
        iam_url: str | None = None,
        api_version: str = API_VERSION,
        timeout: float | httpx.Timeout = 30.0,
        deadline: float | None = 120.0,
        retries: int = 3,
        verify: bool | str | ssl.SSLContext = True,
        proxy: str | None = None,
        transport: _Transport | None = None,
        watch: Callable[[str, bytes], object] | None = None,
        event_hooks: Mapping[str, Iterable[Callable[[Any], Any]]] | None = None,
    ) -> None:
        api_key, token, proxy = hide(api_key), hide(token), hide(proxy)  # a traceback may show these variables
        if transport is not None and proxy is not None:
            raise InvalidInputError("proxy: expected none beside a transport, which connects as it is made to")
        self._settings = make_settings(
            api_key=api_key,
            token=token,
            instance=instance,
            account=account,
            account_file=account_file,
            region=region,
            private_endpoint=private_endpoint,
            base_url=base_url,
            iam_url=iam_url,
            api_version=api_version,
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            verify=verify,
            proxy=proxy,
            event_hooks=event_hooks,
        )
        self._crn = self._settings.crn
        self._version = self._settings.api_version
        self._watch = watch
        self._recording: Recording | None = getattr(transport, "recording", None)
        self._open(self._settings, transport)

    @abstractmethod
    def _open(self, settings: Settings, transport: _Transport | None) -> None: ...

    @classmethod
    def sandbox(cls) -> Self:
        """A client of the recording that ships with the package: three real devices, offline, without credentials."""
        from .recording import SANDBOX  # noqa: PLC0415

        return cls.replay(SANDBOX)

    @classmethod
    def replay(cls, path: str | os.PathLike[str]) -> Self:
        """A client that answers from a recording, offline, without credentials.

        Raises:
            RecordingError: The folder is not a recording.
        """
        from .recording import Replay  # noqa: PLC0415

        transport: Any = Replay(path)
        return cls(
            token="replay",
            instance=_REPLAY_INSTANCE,
            base_url=f"{_REPLAY_HOST}/api",
            iam_url=_REPLAY_HOST,
            retries=0,
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of instance {self._crn or '(to be found out)'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds credentials and cannot be pickled: make it where it is used")

    def _deadline(self, seconds: float | Deadline | None) -> Deadline:
        if isinstance(seconds, Deadline):
            return seconds
        return Deadline(self._settings.deadline if seconds is None else seconds)

    def _choose(self, instances: Iterable[Instance]) -> str:
        self._crn = choose_instance(instances, self._settings.instance_name, self._settings.region)
        return self._crn

    def _in_region(self, instances: Iterable[Instance]) -> dict[Instance, str]:
        region = self._settings.region
        return {instance: instance.crn for instance in instances if region is None or region.name == instance.region}

    def _plan(self, *args: Any, **options: Any) -> HistoryPlan:
        from .calibration.history_plan import HistoryPlan  # noqa: PLC0415 (most calls do without)

        # A client that answers from a recording need not copy it; but one that is watched must see each answer.
        replayed = None if self._watch else self._recording
        secrets = tuple(filter(None, [self._settings.api_key]))
        return HistoryPlan(self._version, *args, **options, replayed=replayed, secrets=secrets)

    def _decode(self, call: Call[_T], response: httpx.Response) -> _T:
        if self._watch is not None and response.status_code == 200:
            self._watch(call.operation, response.content)
        return call.decode(response)

    def _address(self, call: Call[Any], crn: str) -> dict[str, Any]:
        """The request of a call, to the instance's host and in its name."""
        request = call.request
        headers = {**request["headers"], "Service-CRN": check_crn(crn)}  # one that a search found may be anything
        return {**request, "url": self._settings.base_url_of(crn) + request["url"], "headers": headers}
