// SPDX-License-Identifier: Apache-2.0
#include "core/cancel.hpp"

#include <unistd.h>
#include <csignal>

namespace edgeeval {
namespace {

// A signal handler can only reach what is static; SignalGuard owns its lifetime.
std::atomic<CancelToken*> active_token{nullptr};

void on_signal(int number) {
  CancelToken* token = active_token.load();
  if (token == nullptr) return;
  if (token->requested()) ::_exit(128 + number);
  token->request(number);
}

void install(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a blocking read or wait must return so that the token is seen.
  sigaction(number, &action, nullptr);
}

}  // namespace

SignalGuard::SignalGuard(CancelToken& token) {
  active_token.store(&token);
  install(SIGINT, on_signal);
  install(SIGTERM, on_signal);
  install(SIGPIPE, SIG_IGN);
}

SignalGuard::~SignalGuard() {
  install(SIGINT, SIG_DFL);
  install(SIGTERM, SIG_DFL);
  install(SIGPIPE, SIG_DFL);
  active_token.store(nullptr);
}

}  // namespace edgeeval
