package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	ingestv1 "selfsame.example/go/ingest/v1"
)

const streamLimit = time.Minute

// stream sends batches. A batch is done once its response has arrived; a new stream gets what is
// not answered.
func stream(client ingestv1.IngestServiceClient, batches [][]*ingestv1.Event,
	window int) ([]*ingestv1.RecordOutcome, error) {
	unanswered := map[uint64][]*ingestv1.Event{}
	for i, batch := range batches {
		unanswered[uint64(i)] = batch
	}
	var outcomes []*ingestv1.RecordOutcome
	err := retry(func() error {
		return streamOnce(client, unanswered, window, func(response *ingestv1.StreamResponse) {
			outcomes = append(outcomes, response.GetOutcomes()...)
			delete(unanswered, response.GetSequence())
		})
	})
	return outcomes, err
}

func streamOnce(client ingestv1.IngestServiceClient, unanswered map[uint64][]*ingestv1.Event,
	window int, done func(*ingestv1.StreamResponse)) error {
	// Ends the stream however this returns.
	ctx, cancel := context.WithTimeout(context.Background(), streamLimit)
	defer cancel()
	calls, err := client.Stream(ctx)
	if err != nil {
		return err
	}
	toSend := slices.Sorted(maps.Keys(unanswered))
	for open := 0; len(toSend) > 0 || open > 0; {
		for ; len(toSend) > 0 && open < window; open++ {
			request := &ingestv1.StreamRequest{Sequence: toSend[0]}
			for _, event := range unanswered[toSend[0]] {
				request.Records = append(request.Records, &ingestv1.StreamRecord{
					Record: &ingestv1.StreamRecord_Event{Event: event}})
			}
			toSend = toSend[1:]
			// On io.EOF, Recv has the reason.
			if err := calls.Send(request); err != nil && !errors.Is(err, io.EOF) {
				return err
			}
		}
		response, err := calls.Recv()
		if errors.Is(err, io.EOF) {
			return status.Error(codes.Unavailable, "the server ended the stream")
		}
		if err != nil {
			return err
		}
		open--
		if failed := response.GetStatus(); failed != nil {
			return status.ErrorProto(failed)
		}
		done(response)
	}
	return calls.CloseSend()
}
