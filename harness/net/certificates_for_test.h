#pragma once
// Certificates made with the openssl program for the time of a test: none is committed, and none is trusted by anybody else.
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "harness/net/child.h"

namespace net {

class Certificates {
public:
  // An authority, and certificates by it: `server` for localhost, 127.0.0.1 and ::1, and `client`.
  Certificates() {
    if (!::mkdtemp(folder_.data())) throw std::runtime_error("mkdtemp");
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=mqttspec test authority", "-days", "2"});
    issue("server", "DNS:localhost,IP:127.0.0.1,IP:::1");
    issue("client", "DNS:client");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  Certificates(const Certificates&) = delete;

  // Makes NAME.crt and NAME.key; with days below 0 the certificate has expired.
  void issue(const std::string& name, const std::string& names, int days = 2) {
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name,
             "-addext", "subjectAltName=" + names});
    openssl({"x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", name + ".crt", "-days", std::to_string(days),
             "-copy_extensions", "copy"});
  }
  std::string path(const std::string& file) const { return folder_ + "/" + file; }

private:
  void openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    if (run_to_end({arguments, {}, folder_, folder_ + "/log"}) != 0) throw std::runtime_error("openssl failed, see " + folder_ + "/log");
  }
  std::string folder_ = (std::filesystem::temp_directory_path() / "mqttspec-certificates-XXXXXX").string();
};

}  // namespace net
