"""Sends events and a profile update, and reads the profile."""

import collections
import os
import queue
import random
import sys
import time

import grpc
from google.protobuf import timestamp_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from selfsame.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from selfsame.profile.v1 import profile_pb2, profile_pb2_grpc
from selfsame.schemas.account.v1 import account_pb2
from selfsame.schemas.web.v1 import web_pb2

RUN = os.environ.get('SELFSAME_RUN', 'python-1')
CALL_SECONDS = 10
RETRY_SECONDS = 60
PAUSE_MAX_SECONDS = 5
RETRY_INFO_MAX_SECONDS = 30
STREAM_SECONDS = 60
# The time of what happened, not of sending: a retry must send the same bytes under the same key.
TIME = timestamp_pb2.Timestamp()
TIME.FromJsonString('2026-01-15T12:00:00Z')
PERSON = ingest_pb2.Identifier(kind='customer_id', value=f'C-{RUN}')


class RequestFailed(Exception):
    """A request of a stream that failed as a whole."""

    def __init__(self, status):
        super().__init__(status.message)
        self.status = status


def connect():
    ca_file = os.environ.get('SELFSAME_CA_FILE')
    if ca_file is None:
        return grpc.insecure_channel(os.environ['SELFSAME_SERVER'])
    with open(ca_file, 'rb') as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    return grpc.secure_channel(os.environ['SELFSAME_SERVER'], credentials)


def metadata():
    return [('authorization', 'Bearer ' + os.environ['SELFSAME_API_KEY'])]


def code_and_delay(error):
    """The gRPC code, and the seconds that the server asks to wait, or None."""
    if isinstance(error, RequestFailed):
        status, code = error.status, error.status.code
    else:
        status, code = rpc_status.from_call(error), error.code().value[0]
    info = error_details_pb2.RetryInfo()
    for detail in status.details if status else []:
        if detail.Unpack(info):
            delay = info.retry_delay.ToTimedelta().total_seconds()
            return code, min(delay, RETRY_INFO_MAX_SECONDS)
    return code, None


def is_retryable(code, delay):
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]:
        # Without RetryInfo it is gRPC's own: the message is too large, and stays so.
        return delay is not None
    return code in (grpc.StatusCode.UNAVAILABLE.value[0],
                    grpc.StatusCode.DEADLINE_EXCEEDED.value[0])


def retry(call):
    """Repeats a call while the server asks for it; the keys in it make that safe."""
    deadline = time.monotonic() + RETRY_SECONDS
    pause = 0.1
    while True:
        try:
            return call()
        except (grpc.RpcError, RequestFailed) as error:
            code, delay = code_and_delay(error)
            wait = random.uniform(pause / 2, pause) if delay is None else delay
            if not is_retryable(code, delay) or time.monotonic() + wait > deadline:
                raise
            how = 'back-off' if delay is None else 'RetryInfo'
            print(f'code {code}: retry in {wait * 1000:.0f} ms ({how})', file=sys.stderr, flush=True)
            time.sleep(wait)
            pause = min(2 * pause, PAUSE_MAX_SECONDS)


def page_view(number):
    return ingest_pb2.Event(
        key=f'{RUN}-page-{number}', event_time=TIME, identifiers=[PERSON],
        schema=ingest_pb2.SchemaRef(name='selfsame.schemas.web.v1.PageViewed'),
        protobuf=web_pb2.PageViewed(url=f'/page/{number}').SerializeToString())


def show(what, outcomes):
    names = (ingest_pb2.Outcome.Name(outcome.outcome) for outcome in outcomes)
    counts = collections.Counter(name.removeprefix('OUTCOME_') for name in names)
    for name, count in sorted(counts.items()):
        print(f'{what}: {name} {count}')


def stream_once(ingest, unanswered, window, outcomes):
    """One stream. What is answered leaves `unanswered`."""
    requests = queue.Queue()
    responses = ingest.Stream(iter(requests.get, None), metadata=metadata(),
                              timeout=STREAM_SECONDS)
    to_send = collections.deque(unanswered)
    open_requests = 0
    try:
        while to_send or open_requests:
            while to_send and open_requests < window:
                sequence = to_send.popleft()
                records = [ingest_pb2.StreamRecord(event=event) for event in unanswered[sequence]]
                requests.put(ingest_pb2.StreamRequest(sequence=sequence, records=records))
                open_requests += 1
            response = next(responses)
            open_requests -= 1
            if response.HasField('status'):
                raise RequestFailed(response.status)
            outcomes.extend(response.outcomes)
            del unanswered[response.sequence]
    finally:
        requests.put(None)


def stream(ingest, batches, window):
    """A batch is done once its response has arrived; a new stream gets what is not answered."""
    unanswered = dict(enumerate(batches))
    outcomes = []
    retry(lambda: stream_once(ingest, unanswered, window, outcomes))
    return outcomes


def update_and_read_profile(ingest, profiles):
    update = ingest_pb2.ProfileUpdate(
        key=f'{RUN}-profile', event_time=TIME, identifiers=[PERSON],
        schema=ingest_pb2.SchemaRef(name='selfsame.schemas.account.v1.Traits'),
        protobuf=account_pb2.Traits(first_name='Ada', city='Leeds').SerializeToString())
    request = ingest_pb2.UpdateProfilesRequest(profile_updates=[update])
    show('profile update', retry(lambda: ingest.UpdateProfiles(
        request, metadata=metadata(), timeout=CALL_SECONDS)).outcomes)
    read = profile_pb2.GetProfileRequest(profile=profile_pb2.ProfileRef(identifier=PERSON))
    profile = retry(lambda: profiles.GetProfile(
        read, metadata=metadata(), timeout=CALL_SECONDS)).profile
    for name in ('first_name', 'city'):
        print(f'profile: {name} = {profile.attributes[name].value.string_value}')


def main():
    with connect() as channel:
        ingest = ingest_pb2_grpc.IngestServiceStub(channel)
        profiles = profile_pb2_grpc.ProfileServiceStub(channel)
        limits = retry(lambda: ingest.GetLimits(
            ingest_pb2.GetLimitsRequest(), metadata=metadata(), timeout=CALL_SECONDS))
        three = ingest_pb2.TrackEventsRequest(events=[page_view(i) for i in range(3)])
        for what in ('events', 'events sent again'):
            show(what, retry(lambda: ingest.TrackEvents(
                three, metadata=metadata(), timeout=CALL_SECONDS)).outcomes)
        batches = [[page_view(100 + 10 * batch + i) for i in range(10)] for batch in range(20)]
        show('stream', stream(ingest, batches, limits.stream_requests_in_flight_max))
        update_and_read_profile(ingest, profiles)


if __name__ == '__main__':
    main()
