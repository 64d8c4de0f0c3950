// Sends a call again while the server asks for it. The keys in the call make that safe.
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';

const LIMIT_MS = 60_000;
const PAUSE_MAX_MS = 5_000;
const RETRY_INFO_MAX_MS = 30_000;
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

export class Retry {
  // `contract` is the loaded descriptor set.
  constructor(contract) {
    this.status = contract['google.rpc.Status'];
    this.retryInfo = contract['google.rpc.RetryInfo'];
  }

  async call(attempt) {
    const deadline = Date.now() + LIMIT_MS;
    for (let pause = 100; ; pause = Math.min(2 * pause, PAUSE_MAX_MS)) {
      try {
        return await attempt();
      } catch (error) {
        const asked = this.retryInfoMs(error);
        const wait = asked ?? (pause / 2) * (1 + Math.random());
        if (!isRetryable(error.code, asked) || Date.now() + wait > deadline) throw error;
        const how = asked === undefined ? 'back-off' : 'RetryInfo';
        console.error(`code ${error.code}: retry in ${Math.round(wait)} ms (${how})`);
        await sleep(wait);
      }
    }
  }

  // The wait that the server asks for; undefined when it does not.
  retryInfoMs(error) {
    const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
    // A response of a stream has its status as a message.
    const details = error.details_list ?? (bytes ? this.status.deserialize(bytes).details : []);
    // The loader unpacks an Any whose type it knows; others have type_url and value.
    for (const detail of details) {
      if ((detail['@type'] ?? detail.type_url) !== RETRY_INFO) continue;
      const info = detail.value ? this.retryInfo.deserialize(detail.value) : detail;
      const { seconds, nanos } = info.retry_delay;
      return Math.min(seconds * 1000 + nanos / 1e6, RETRY_INFO_MAX_MS);
    }
    return undefined;
  }
}

// RESOURCE_EXHAUSTED without RetryInfo is gRPC's own: the message is too large, and stays so.
function isRetryable(code, retryInfoMs) {
  switch (code) {
    case grpc.status.UNAVAILABLE:
    case grpc.status.DEADLINE_EXCEEDED:
      return true;
    case grpc.status.RESOURCE_EXHAUSTED:
      return retryInfoMs !== undefined;
    default:
      return false;
  }
}
