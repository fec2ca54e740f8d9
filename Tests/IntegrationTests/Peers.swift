import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The programs of other projects that the tests start, and whether they are here.
enum Peers {
    static let prometheus = "/usr/bin/prometheus"
    static let nodeExporter = "/usr/bin/prometheus-node-exporter"
    static let nginx = "/usr/sbin/nginx"

    /// The programs that are missing.
    static var missing: [String] {
        [prometheus, nodeExporter, nginx].filter { !FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var areHere: Bool { missing.isEmpty }

    /// Why tests are skipped.
    static let reason: Comment =
        "needs prometheus, prometheus-node-exporter and nginx; `make setup-peers` installs them"
}

/// The programs under test, beside the test bundle.
enum Programs {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/debug")

    static let auspex = folder.appending(path: "auspex").path
    static let helper = folder.appending(path: "auspex-exec").path
}

/// A TCP port of the loopback interface that nobody listens on at the moment.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
        }
    }
    guard bound else { throw POSIXError(.EADDRINUSE) }
    return Int(UInt16(bigEndian: address.sin_port))
}
