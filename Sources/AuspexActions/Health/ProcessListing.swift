import AuspexRunbooks
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The processes of this host, as the kernel tells about them in `/proc`.
struct ProcessListing: Hashable, Sendable {
    /// Most bytes of a file in `/proc`, or of one with a process's number, that are read.
    private static let mostBytes = 4_096
    /// Process ids that a report tells.
    private static let mostTold = 10

    /// Where `/proc` is.
    var root = "/proc"

    /// Whether a process as it is described runs. Those that are over and not waited for do not count.
    func finding(_ target: HealthCheck.ProcessTarget) -> Finding {
        if let file = target.pidFile { return finding(target, inFile: file) }
        guard let name = target.name else { return .unknown("neither a name nor a file is given") }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: root)
        } catch {
            return .unknown("\(root) cannot be read")
        }
        let ids = names.compactMap { Int32($0) }
        let running = ids.filter { isRunning($0) && isNamed(name, $0) }.sorted()
        let measured: [String: JSONValue] = [
            "count": .int(Int64(running.count)),
            "pids": .array(running.prefix(Self.mostTold).map { .int(Int64($0)) }),
        ]
        if !running.isEmpty { return .ok("\(running.count) running", measured) }
        // Where the first process cannot be seen, /proc is mounted so that others' are hidden.
        guard ids.contains(1) else { return .unknown("the processes of other users are hidden (hidepid)") }
        return .fail("no process '\(name)' is running", measured)
    }

    private func finding(_ target: HealthCheck.ProcessTarget, inFile file: String) -> Finding {
        guard let text = contents(file) else {
            let reason = String(cString: strerror(errno))
            return errno == ENOENT ? .fail("\(file): \(reason)") : .unknown("\(file): \(reason)")
        }
        let line = text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        guard let pid = Int32(line), pid > 0 else { return .unknown("\(file) does not hold the number of a process") }
        let measured: [String: JSONValue] = ["count": .int(1), "pids": .array([.int(Int64(pid))])]
        guard isRunning(pid) else { return .fail("process \(pid) of \(file) is not running") }
        if let name = target.name, !isNamed(name, pid) {
            return .fail("process \(pid) of \(file) is not '\(name)'")
        }
        return .ok("process \(pid) is running", measured)
    }

    /// Whether the process is there and not over.
    private func isRunning(_ pid: Int32) -> Bool {
        guard let text = contents("\(root)/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
        let state = text[text.index(after: end)...].split(separator: " ").first
        return state.map { !["Z", "X"].contains($0) } ?? false
    }

    /// Whether the process, or the program that it was started from, has this name.
    private func isNamed(_ name: String, _ pid: Int32) -> Bool {
        let own = contents("\(root)/\(pid)/comm")?.split(separator: "\n").first.map(String.init) ?? ""
        if own == name { return true }
        // The kernel cuts names after 15 bytes; the path that the program was started by has it whole.
        let program = contents("\(root)/\(pid)/cmdline")?.split(separator: "\0").first ?? ""
        return program.split(separator: "/").last.map(String.init) == name
    }

    /// The beginning of a file; nil when it cannot be read, with the reason in `errno`.
    private func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.mostBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
