/* Two things for bench/scenarios/in_turn.py, as a library: the limit (a C loop that sends one frame to many sockets) and
 * clients that read everything, waking by themselves so that no sender pays for waking them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void send_to_all(const int *sockets, int count, const char *frame, int size)
{
	for (int i = 0; i < count; i++)
		if (send(sockets[i], frame, size, MSG_NOSIGNAL) != size)
			exit(3);
}

void read_for_ever(int port, int count)
{
	static char buffer[65536];
	struct epoll_event events[1024];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int poll = epoll_create1(0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < count; i++) {
		int one = socket(AF_INET, SOCK_STREAM, 0);
		struct epoll_event wanted = {.events = EPOLLIN, .data.fd = one};
		if (connect(one, (struct sockaddr *)&address, sizeof address))
			exit(2);
		fcntl(one, F_SETFL, O_NONBLOCK);
		epoll_ctl(poll, EPOLL_CTL_ADD, one, &wanted);
	}
	for (;;) {
		int ready;
		usleep(1000);
		while ((ready = epoll_wait(poll, events, 1024, 0)) > 0)
			for (int i = 0; i < ready; i++)
				if (read(events[i].data.fd, buffer, sizeof buffer) <= 0)
					exit(0);
	}
}
