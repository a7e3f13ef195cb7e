module numeneon/bench/centrifugo
go 1.24
require github.com/centrifugal/centrifugo/v5 v5.4.9
