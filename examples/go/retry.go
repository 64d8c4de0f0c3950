package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	retryLimit   = time.Minute
	pauseMax     = 5 * time.Second
	retryInfoMax = 30 * time.Second
)

// retry repeats a call while the server asks for it. The keys in the call make that safe.
func retry(call func() error) error {
	deadline := time.Now().Add(retryLimit)
	pause := 100 * time.Millisecond
	for {
		err := call()
		if err == nil {
			return nil
		}
		wait, asked := retryInfo(err)
		how := "RetryInfo"
		if !asked {
			wait, how = pause/2+rand.N(pause/2), "back-off"
		}
		if !isRetryable(err, asked) || time.Now().Add(wait).After(deadline) {
			return err
		}
		fmt.Fprintf(os.Stderr, "%v: retry in %v (%s)\n", status.Code(err), wait, how)
		time.Sleep(wait)
		pause = min(2*pause, pauseMax)
	}
}

// RESOURCE_EXHAUSTED without RetryInfo is gRPC's own: the message is too large, and stays so.
func isRetryable(err error, asked bool) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded:
		return true
	case codes.ResourceExhausted:
		return asked
	default:
		return false
	}
}

// retryInfo is the wait that the server asks for, if it does.
func retryInfo(err error) (time.Duration, bool) {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return min(info.GetRetryDelay().AsDuration(), retryInfoMax), true
		}
	}
	return 0, false
}
