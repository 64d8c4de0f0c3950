// Sends events and a profile update, and reads the profile.
package main

import (
	"context"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	ingestv1 "selfsame.example/go/ingest/v1"
	profilev1 "selfsame.example/go/profile/v1"
	accountv1 "selfsame.example/go/schemas/account/v1"
	webv1 "selfsame.example/go/schemas/web/v1"
)

const callLimit = 10 * time.Second

// The time of what happened, not of sending: a retry must send the same bytes under the same key.
var happened = timestamppb.New(time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))

type example struct {
	run      string
	ingest   ingestv1.IngestServiceClient
	profiles profilev1.ProfileServiceClient
}

func connect() (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	if file := os.Getenv("SELFSAME_CA_FILE"); file != "" {
		var err error
		if transport, err = credentials.NewClientTLSFromFile(file, ""); err != nil {
			return nil, err
		}
	}
	key := "Bearer " + os.Getenv("SELFSAME_API_KEY")
	withKey := func(ctx context.Context) context.Context {
		return metadata.AppendToOutgoingContext(ctx, "authorization", key)
	}
	return grpc.NewClient(os.Getenv("SELFSAME_SERVER"),
		grpc.WithTransportCredentials(transport),
		grpc.WithUnaryInterceptor(func(ctx context.Context, method string, request, reply any,
			connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
			ctx, cancel := context.WithTimeout(withKey(ctx), callLimit)
			defer cancel()
			return invoke(ctx, method, request, reply, connection, options...)
		}),
		grpc.WithStreamInterceptor(func(ctx context.Context, description *grpc.StreamDesc,
			connection *grpc.ClientConn, method string, open grpc.Streamer,
			options ...grpc.CallOption) (grpc.ClientStream, error) {
			return open(withKey(ctx), description, connection, method, options...)
		}))
}

// call is one unary call with its retries.
func call[Request, Reply any](method func(context.Context, Request, ...grpc.CallOption) (Reply, error),
	request Request) (reply Reply, err error) {
	err = retry(func() error {
		reply, err = method(context.Background(), request)
		return err
	})
	return reply, err
}

func encode(message proto.Message) []byte {
	bytes, err := proto.Marshal(message)
	if err != nil {
		log.Fatal(err)
	}
	return bytes
}

func (e *example) person() *ingestv1.Identifier {
	return &ingestv1.Identifier{Kind: "customer_id", Value: "C-" + e.run}
}

func (e *example) pageView(number int) *ingestv1.Event {
	page := &webv1.PageViewed{Url: fmt.Sprintf("/page/%d", number)}
	return &ingestv1.Event{
		Key:         fmt.Sprintf("%s-page-%d", e.run, number),
		EventTime:   happened,
		Identifiers: []*ingestv1.Identifier{e.person()},
		Schema:      &ingestv1.SchemaRef{Name: string(proto.MessageName(page))},
		Payload:     &ingestv1.Event_Protobuf{Protobuf: encode(page)},
	}
}

func show(what string, outcomes []*ingestv1.RecordOutcome) {
	counts := map[string]int{}
	for _, outcome := range outcomes {
		counts[strings.TrimPrefix(outcome.GetOutcome().String(), "OUTCOME_")]++
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%s: %s %d\n", what, name, counts[name])
	}
}

func (e *example) sendEvents(what string) error {
	request := &ingestv1.TrackEventsRequest{
		Events: []*ingestv1.Event{e.pageView(0), e.pageView(1), e.pageView(2)}}
	reply, err := call(e.ingest.TrackEvents, request)
	show(what, reply.GetOutcomes())
	return err
}

func (e *example) streamEvents() error {
	limits, err := call(e.ingest.GetLimits, &ingestv1.GetLimitsRequest{})
	if err != nil {
		return err
	}
	batches := make([][]*ingestv1.Event, 20)
	for batch := range batches {
		for i := range 10 {
			batches[batch] = append(batches[batch], e.pageView(100+10*batch+i))
		}
	}
	outcomes, err := stream(e.ingest, batches, int(limits.GetStreamRequestsInFlightMax()))
	show("stream", outcomes)
	return err
}

func (e *example) updateProfile() error {
	traits := &accountv1.Traits{FirstName: proto.String("Ada"), City: proto.String("Leeds")}
	reply, err := call(e.ingest.UpdateProfiles, &ingestv1.UpdateProfilesRequest{
		ProfileUpdates: []*ingestv1.ProfileUpdate{{
			Key:         e.run + "-profile",
			EventTime:   happened,
			Identifiers: []*ingestv1.Identifier{e.person()},
			Schema:      &ingestv1.SchemaRef{Name: string(proto.MessageName(traits))},
			Payload:     &ingestv1.ProfileUpdate_Protobuf{Protobuf: encode(traits)},
		}}})
	show("profile update", reply.GetOutcomes())
	return err
}

func (e *example) readProfile() error {
	reply, err := call(e.profiles.GetProfile, &profilev1.GetProfileRequest{
		Profile: &profilev1.ProfileRef{Ref: &profilev1.ProfileRef_Identifier{Identifier: e.person()}}})
	for _, name := range []string{"first_name", "city"} {
		value := reply.GetProfile().GetAttributes()[name].GetValue().GetStringValue()
		fmt.Printf("profile: %s = %s\n", name, value)
	}
	return err
}

func main() {
	connection, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	run := os.Getenv("SELFSAME_RUN")
	if run == "" {
		run = "go-1"
	}
	e := &example{run, ingestv1.NewIngestServiceClient(connection),
		profilev1.NewProfileServiceClient(connection)}
	for _, step := range []func() error{
		func() error { return e.sendEvents("events") },
		func() error { return e.sendEvents("events sent again") },
		e.streamEvents, e.updateProfile, e.readProfile} {
		if err := step(); err != nil {
			log.Fatal(err)
		}
	}
}
