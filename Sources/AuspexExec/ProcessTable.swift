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

    /// The children of this process, adopted ones included.
    static var children: [pid_t] {
        let mine = String(getpid())
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            // Field 4 of proc(5) is the parent.
            fields(of: pid).map { $0.count > 1 && $0[1] == mine } ?? false
        }
    }

    /// The fields of `/proc/PID/stat` from the third on.
    private static func fields(of pid: pid_t) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
