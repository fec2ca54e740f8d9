package import AuspexRunbooks
import Foundation

extension ProcessIdentity {
    /// The process with this id, be it over and not yet waited for; nil when there is none.
    init?(pid: Int32) {
        guard let entry = Self.entry(of: pid) else { return nil }
        self.init(pid: pid, startTicks: entry.startTicks, bootID: HostBoot.id)
    }

    /// Whether this very process, not another of the same number, is there and not yet over.
    package var isAlive: Bool {
        guard bootID == HostBoot.id, let entry = Self.entry(of: pid) else { return false }
        return entry.startTicks == startTicks && !entry.isZombie
    }

    /// What `/proc` says of a process; nil for none.
    private static func entry(of pid: Int32) -> (startTicks: UInt64, isZombie: Bool)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // Fields 3 (the state) and 22 of proc(5); the first two went with the name.
        let position = 22 - 3
        guard fields.count > position, let ticks = UInt64(fields[position]) else { return nil }
        return (ticks, fields[0] == "Z")
    }
}
