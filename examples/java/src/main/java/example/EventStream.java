package example;

import com.selfsame.ingest.v1.Event;
import com.selfsame.ingest.v1.IngestServiceGrpc.IngestServiceStub;
import com.selfsame.ingest.v1.RecordOutcome;
import com.selfsame.ingest.v1.StreamRecord;
import com.selfsame.ingest.v1.StreamRequest;
import com.selfsame.ingest.v1.StreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sends batches over IngestService.Stream. A batch is done once its response has arrived. */
final class EventStream {
  private static final long ANSWER_WAIT_SECONDS = 60;

  private EventStream() {}

  /** Opens a new stream for what is not answered, as long as a retry may help. */
  static List<RecordOutcome> send(IngestServiceStub stub, List<List<Event>> batches, int window)
      throws Exception {
    Map<Long, List<Event>> unanswered = new TreeMap<>();
    for (int i = 0; i < batches.size(); i++) unanswered.put((long) i, batches.get(i));
    List<RecordOutcome> outcomes = new ArrayList<>();
    while (!unanswered.isEmpty()) {
      Retry.call(() -> {
        once(stub, unanswered, window, outcomes);
        return null;
      });
    }
    return outcomes;
  }

  private static void once(IngestServiceStub stub, Map<Long, List<Event>> unanswered, int window,
      List<RecordOutcome> outcomes) throws Exception {
    BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    StreamObserver<StreamRequest> requests = stub.stream(new StreamObserver<>() {
      @Override
      public void onNext(StreamResponse response) {
        arrived.add(response);
      }

      @Override
      public void onError(Throwable error) {
        arrived.add(error);
      }

      @Override
      public void onCompleted() {}
    });
    var toSend = new ArrayList<>(unanswered.keySet()).iterator();
    int open = 0;
    while (toSend.hasNext() || open > 0) {
      while (toSend.hasNext() && open < window) {
        long sequence = toSend.next();
        requests.onNext(request(sequence, unanswered.get(sequence)));
        open++;
      }
      Object next = arrived.poll(ANSWER_WAIT_SECONDS, TimeUnit.SECONDS);
      if (next instanceof StatusRuntimeException error) throw error;
      if (!(next instanceof StreamResponse response)) throw new IllegalStateException("no answer");
      open--;
      if (response.hasStatus()) {
        requests.onCompleted();
        throw StatusProto.toStatusRuntimeException(response.getStatus());
      }
      outcomes.addAll(response.getOutcomesList());
      unanswered.remove(response.getSequence());
    }
    requests.onCompleted();
  }

  private static StreamRequest request(long sequence, List<Event> events) {
    StreamRequest.Builder request = StreamRequest.newBuilder().setSequence(sequence);
    for (Event event : events) request.addRecords(StreamRecord.newBuilder().setEvent(event));
    return request.build();
  }
}
