package example;

import com.google.protobuf.Timestamp;
import com.selfsame.ingest.v1.Event;
import com.selfsame.ingest.v1.GetLimitsRequest;
import com.selfsame.ingest.v1.Identifier;
import com.selfsame.ingest.v1.IngestServiceGrpc;
import com.selfsame.ingest.v1.ProfileUpdate;
import com.selfsame.ingest.v1.RecordOutcome;
import com.selfsame.ingest.v1.SchemaRef;
import com.selfsame.ingest.v1.TrackEventsRequest;
import com.selfsame.ingest.v1.UpdateProfilesRequest;
import com.selfsame.profile.v1.GetProfileRequest;
import com.selfsame.profile.v1.ProfileRef;
import com.selfsame.profile.v1.ProfileServiceGrpc;
import com.selfsame.schemas.account.v1.Traits;
import com.selfsame.schemas.web.v1.PageViewed;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Sends events and a profile update, and reads the profile. */
public final class Example {
  private static final long CALL_SECONDS = 10;
  // The time of what happened, not of sending: a retry must send the same bytes under the same key.
  private static final Timestamp TIME =
      Timestamp.newBuilder().setSeconds(Instant.parse("2026-01-15T12:00:00Z").getEpochSecond()).build();

  private final IngestServiceGrpc.IngestServiceBlockingStub ingest;
  private final IngestServiceGrpc.IngestServiceStub stream;
  private final ProfileServiceGrpc.ProfileServiceBlockingStub profiles;
  private final String run;

  private Example(ManagedChannel channel, String run) {
    this.ingest = IngestServiceGrpc.newBlockingStub(channel);
    this.stream = IngestServiceGrpc.newStub(channel);
    this.profiles = ProfileServiceGrpc.newBlockingStub(channel);
    this.run = run;
  }

  private static ManagedChannel connect() throws Exception {
    Metadata key = new Metadata();
    key.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + System.getenv("SELFSAME_API_KEY"));
    String ca = System.getenv("SELFSAME_CA_FILE");
    ChannelCredentials credentials = ca == null
        ? InsecureChannelCredentials.create()
        : TlsChannelCredentials.newBuilder().trustManager(new File(ca)).build();
    return Grpc.newChannelBuilder(System.getenv("SELFSAME_SERVER"), credentials)
        .intercept(MetadataUtils.newAttachHeadersInterceptor(key))
        .build();
  }

  private Event pageView(int number) {
    return Event.newBuilder()
        .setKey(run + "-page-" + number)
        .setEventTime(TIME)
        .addIdentifiers(person())
        .setSchema(SchemaRef.newBuilder().setName("selfsame.schemas.web.v1.PageViewed"))
        .setProtobuf(PageViewed.newBuilder().setUrl("/page/" + number).build().toByteString())
        .build();
  }

  private Identifier person() {
    return Identifier.newBuilder().setKind("customer_id").setValue("C-" + run).build();
  }

  private void show(String what, List<RecordOutcome> outcomes) {
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (RecordOutcome outcome : outcomes) {
      counts.merge(outcome.getOutcome().name().replace("OUTCOME_", ""), 1, Integer::sum);
    }
    counts.forEach((name, count) -> System.out.println(what + ": " + name + " " + count));
  }

  private void track(String what, List<Event> events) throws Exception {
    var request = TrackEventsRequest.newBuilder().addAllEvents(events).build();
    show(what, Retry.call(() -> ingest.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .trackEvents(request).getOutcomesList()));
  }

  private void updateProfile() throws Exception {
    Traits traits = Traits.newBuilder().setFirstName("Ada").setCity("Leeds").build();
    var update = ProfileUpdate.newBuilder()
        .setKey(run + "-profile")
        .setEventTime(TIME)
        .addIdentifiers(person())
        .setSchema(SchemaRef.newBuilder().setName("selfsame.schemas.account.v1.Traits"))
        .setProtobuf(traits.toByteString());
    var request = UpdateProfilesRequest.newBuilder().addProfileUpdates(update).build();
    show("profile update", Retry.call(() -> ingest.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .updateProfiles(request).getOutcomesList()));
    var read = GetProfileRequest.newBuilder()
        .setProfile(ProfileRef.newBuilder().setIdentifier(person())).build();
    var attributes = Retry.call(() -> profiles.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .getProfile(read)).getProfile().getAttributesMap();
    for (String name : List.of("first_name", "city")) {
      System.out.println("profile: " + name + " = " + attributes.get(name).getValue().getStringValue());
    }
  }

  public static void main(String[] arguments) throws Exception {
    ManagedChannel channel = connect();
    try {
      Example example = new Example(channel, System.getenv().getOrDefault("SELFSAME_RUN", "java-1"));
      var limits = Retry.call(() -> example.ingest.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
          .getLimits(GetLimitsRequest.getDefaultInstance()));
      List<Event> three = List.of(example.pageView(0), example.pageView(1), example.pageView(2));
      example.track("events", three);
      example.track("events sent again", three);
      List<List<Event>> batches = new ArrayList<>();
      for (int batch = 0; batch < 20; batch++) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 10; i++) events.add(example.pageView(100 + 10 * batch + i));
        batches.add(events);
      }
      example.show("stream", EventStream.send(example.stream, batches,
          limits.getStreamRequestsInFlightMax()));
      example.updateProfile();
    } finally {
      channel.shutdown().awaitTermination(CALL_SECONDS, TimeUnit.SECONDS);
    }
  }
}
