// The Mercure hub behind Go's own HTTP server: no Caddy, no TLS, no history, anonymous subscribers.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/dunglas/mercure"
	"go.uber.org/zap"
)

func main() {
	address, key := os.Args[1], []byte(os.Args[2])
	hub, err := mercure.NewHub(
		mercure.WithTransport(mercure.NewLocalTransport()),
		mercure.WithPublisherJWT(key, "HS256"),
		mercure.WithAnonymous(),
		mercure.WithLogger(zap.NewNop()),
	)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(address, hub))
}
