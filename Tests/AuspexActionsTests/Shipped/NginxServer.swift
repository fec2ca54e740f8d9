import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The real nginx with one page, and with a certificate if there is one in `live/localhost`.
///
/// A class because its processes end with it.
final class NginxServer: Sendable {
    let site: TestSite
    let program: String
    let port: Int
    let securePort: Int

    /// Starts it with the page `one`.
    ///
    /// - Parameter prepare: What is to be done in its folder before.
    init(prepare: (TestSite) async throws -> Void = { _ in }) async throws {
        site = try TestSite()
        program = try #require(Tools.nginx)
        (port, securePort) = try (FreePort.next(), FreePort.next())
        try await prepare(site)
        try configure(page: "one")
        try await site.run([program, "-c", site.path + "/nginx.conf", "-p", site.path])
        try await TestSite.wait { (try? await page()) == "one" }
    }

    deinit {
        guard let pid = pid_t(site.text("nginx.pid").trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else {
            return
        }
        // A daemon leads its own group.
        kill(-pid, SIGKILL)
    }

    /// The page that it shows.
    func page() async throws -> String {
        let hosts = try HostAllowList(["127.0.0.1:\(port)"])
        let order = OperationOrder(
            id: OperationID(run: "surroundings", path: "page", attempt: 1),
            operation: .http(Request(method: "GET", url: "http://127.0.0.1:\(port)/")), effect: .read,
            idempotencyKey: "surroundings", timeout: .seconds(10))
        return await HTTPPerformer(hosts: hosts).perform(order, .silent).output.text
    }

    /// Writes a configuration with this page; it is taken up by a reload.
    func configure(page: String) throws {
        let hasCertificate = !site.text("live/localhost/cert.pem").isEmpty
        let secure = """
            listen 127.0.0.1:\(securePort) ssl;
            ssl_certificate \(site.path)/live/localhost/cert.pem;
            ssl_certificate_key \(site.path)/live/localhost/key.pem;
            """
        try site.file(
            "nginx.conf",
            """
            pid \(site.path)/nginx.pid;
            error_log \(site.path)/error.log;
            worker_processes 1;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path \(site.path)/tmp; proxy_temp_path \(site.path)/tmp;
              fastcgi_temp_path \(site.path)/tmp; uwsgi_temp_path \(site.path)/tmp; scgi_temp_path \(site.path)/tmp;
              server {
                listen 127.0.0.1:\(port);
                \(hasCertificate ? secure : "")
                location / { default_type text/plain; return 200 '\(page)'; }
              }
            }
            """)
    }
}

/// Ports of the loopback interface that nobody listens on at the moment.
enum FreePort {
    static func next() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
