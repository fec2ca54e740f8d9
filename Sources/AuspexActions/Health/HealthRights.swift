package import AuspexRunbooks
import Foundation

/// What somebody who checks by hand may reach: what the checks name, as they could reach it themselves anyway.
package struct HealthRights: Sendable {
    /// Where `systemctl` is on most systems.
    private static let systemctl = ["/usr/bin/systemctl", "/bin/systemctl"]

    /// The hosts that connections may be made to.
    package private(set) var hosts = HostAllowList()
    /// The programs that may be run.
    package private(set) var executables: [String] = []

    /// The rights that `checks` need.
    package init(neededBy checks: [HealthCheck]) {
        for check in checks { add(check) }
    }

    private mutating func add(_ check: HealthCheck) {
        switch check.probe {
        case .tcp(let endpoint): add(endpoint.host, endpoint.port)
        case .certificate(let certificate): add(certificate.host, certificate.port)
        case .http(let page):
            if let target = try? HostAllowList.target(of: page.request.url) { hosts.entries.insert(target) }
        case .systemd: add(Self.systemctl.first { FileManager.default.isExecutableFile(atPath: $0) })
        case .sql(let query): add(query.run.argv.first)
        case .list(let checks): for check in checks { add(check) }
        case .process, .disk, .file, .dns: break
        }
    }

    private mutating func add(_ host: String, _ port: Int) {
        // A text that is no host with a port is refused when it is asked.
        if let list = try? HostAllowList(["\(host):\(port)"]) { hosts.entries.formUnion(list.entries) }
    }

    private mutating func add(_ program: String?) {
        guard let program, program.hasPrefix("/"), !executables.contains(program) else { return }
        executables.append(program)
    }
}
