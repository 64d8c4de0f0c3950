// Sends batches over IngestService.Stream. A batch is done once its response has arrived; a new stream
// gets what is not answered.
const STREAM_MS = 60_000;

export async function stream(client, metadata, retry, batches, window) {
  const unanswered = new Map(batches.map((batch, i) => [i, batch]));
  const outcomes = [];
  await retry.call(() => streamOnce(client, metadata, unanswered, window, outcomes));
  return outcomes;
}

function streamOnce(client, metadata, unanswered, window, outcomes) {
  return new Promise((resolve, reject) => {
    const call = client.Stream(metadata, { deadline: Date.now() + STREAM_MS });
    const toSend = [...unanswered.keys()];
    let open = 0;
    const send = () => {
      for (; toSend.length > 0 && open < window; open++) {
        const sequence = toSend.shift();
        const records = unanswered.get(sequence).map((event) => ({ event }));
        call.write({ sequence, records });
      }
      if (open === 0) call.end();
    };
    call.on('data', (response) => {
      open--;
      if (response.status) {
        const { code, message, details } = response.status;
        call.cancel();
        reject(Object.assign(new Error(message), { code, details_list: details }));
        return;
      }
      outcomes.push(...response.outcomes);
      unanswered.delete(response.sequence);
      send();
    });
    call.on('error', reject);
    call.on('end', resolve);
    send();
  });
}
