package events

import (
	"sync"
	"testing"
)

func TestPublishReachesAllButTheSender(t *testing.T) {
	hub := NewHub[string](1)
	defer hub.Close()
	a, b, c := hub.Subscribe(), hub.Subscribe(), hub.Subscribe()
	if got := hub.Publish("hello", a); got != 2 {
		t.Errorf("%d got it, want 2", got)
	}
	for _, sub := range []*Subscription[string]{b, c} {
		if got := <-sub.C; got != "hello" {
			t.Errorf("got %q", got)
		}
	}
	select {
	case got := <-a.C:
		t.Errorf("the sender got %q", got)
	default:
	}
}

func TestASlowSubscriberMissesValues(t *testing.T) {
	hub := NewHub[int](2)
	sub := hub.Subscribe()
	got := 0
	for i := range 5 {
		got += hub.Publish(i, nil)
	}
	hub.Close()
	if got != 2 {
		t.Errorf("%d were taken, want 2", got)
	}
	for want := range 2 {
		if got := <-sub.C; got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	if _, open := <-sub.C; open {
		t.Error("there is more than the backlog")
	}
}

func TestTheEnd(t *testing.T) {
	hub := NewHub[int](1)
	cancelled, closed := hub.Subscribe(), hub.Subscribe()
	cancelled.Cancel()
	cancelled.Cancel()
	if got := hub.Publish(1, nil); got != 1 {
		t.Errorf("%d got it, want 1", got)
	}
	hub.Close()
	hub.Close()
	closed.Cancel()
	if _, open := <-cancelled.C; open {
		t.Error("a cancelled subscription got something")
	}
	if got := <-closed.C; got != 1 {
		t.Errorf("what was published before the end is lost: got %d", got)
	}
	if _, open := <-hub.Subscribe().C; open {
		t.Error("a closed hub takes subscriptions")
	}
}

func TestManyAtOnce(t *testing.T) {
	hub := NewHub[int](4)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			sub := hub.Subscribe()
			defer sub.Cancel()
			for range 100 {
				hub.Publish(i, sub)
				select {
				case <-sub.C:
				default:
				}
			}
		})
	}
	group.Wait()
	if got := hub.Publish(0, nil); got != 0 {
		t.Errorf("%d subscriptions are left", got)
	}
}
