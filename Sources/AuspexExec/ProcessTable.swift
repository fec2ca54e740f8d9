import Foundation
import Glibc

/// What `/proc` says of processes.
enum ProcessTable {
    /// The kernel's identifier of this boot.
    static var bootID: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    /// When a process was started, in clock ticks since boot.
    static func startTicks(of pid: pid_t) -> UInt64? {
        // Field 22 of proc(5); the first two are cut off with the name, which may have blanks and brackets in it.
        let position = 22 - 3
        return fields(of: pid).flatMap { $0.count > position ? UInt64($0[position]) : nil }
    }

    /// All processes that descend from this one and are not over, adopted ones included.
    static var descendants: [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        var over: Set<pid_t> = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap({ pid_t($0) }) {
            // Fields 3 and 4 of proc(5): the state, Z for a process that is over, and the parent.
            guard let fields = fields(of: pid), fields.count > 1, let parent = pid_t(fields[1]) else { continue }
            children[parent, default: []].append(pid)
            if fields[0] == "Z" { over.insert(pid) }
        }
        var found: [pid_t] = []
        var next = children[getpid()] ?? []
        while let pid = next.popLast() {
            if !over.contains(pid) { found.append(pid) }
            next += children[pid] ?? []
        }
        return found
    }

    /// The fields of `/proc/PID/stat` from the third on.
    private static func fields(of pid: pid_t) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
