// Tells the service manager (systemd, Type=notify) what state this process is in: the protocol of
// sd_notify(3), one datagram to the socket named by $NOTIFY_SOCKET.
#ifndef SELFSAME_SERVER_NOTIFY_H_
#define SELFSAME_SERVER_NOTIFY_H_

#include <string_view>

namespace selfsame::server {

// Sends assignments, one a line: "READY=1", "STOPPING=1", "STATUS=...". Without $NOTIFY_SOCKET, or
// where nobody listens there, does nothing. Never blocks. Thread-safe.
void NotifySupervisor(std::string_view assignments);

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_NOTIFY_H_
