module numeneon/bench/anycable

go 1.24

require github.com/anycable/anycable-go v1.5.5
