import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a machine is like, as far as it matters to an engine. Its name and addresses are not told.
enum HostFacts {
    /// Lines of `/proc/meminfo` that are told.
    private static let memory = ["MemTotal", "MemAvailable", "SwapTotal", "SwapFree"]

    /// The facts.
    ///
    /// - Parameter directory: The directory whose file system is told about.
    static func json(directory: String?) -> JSONValue {
        var facts: [String: JSONValue] = [
            "processors": .int(Int64(ProcessInfo.processInfo.processorCount)),
            "system": .string(system), "user_id": .int(Int64(getuid())),
        ]
        var name = utsname()
        if uname(&name) == 0 {
            facts["kernel"] = .string("\(text(name.sysname)) \(text(name.release)) \(text(name.machine))")
        }
        if let line = contents("/proc/loadavg") {
            facts["load"] = .string(line.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        if let seconds = contents("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) }) {
            facts["uptime_seconds"] = .int(Int64(seconds))
        }
        for line in contents("/proc/meminfo")?.split(separator: "\n") ?? [] {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, memory.contains(String(parts[0])) else { continue }
            facts[String(parts[0])] = .string(parts[1].trimmingCharacters(in: .whitespaces))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            facts["open_files_limit"] = .int(Int64(clamping: limit.rlim_cur))
        }
        if let directory, let space = space(directory) { facts["data_directory"] = space }
        return .object(facts)
    }

    private static func space(_ directory: String) -> JSONValue? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return .object([
            "free_bytes": .int(Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))),
            "total_bytes": .int(Int64(clamping: UInt64(status.f_blocks) &* UInt64(status.f_frsize))),
            "free_inodes": .int(Int64(clamping: status.f_favail)),
        ])
    }

    private static var system: String {
        let lines = contents("/etc/os-release")?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) } ?? "unknown"
    }

    private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// A text in a field of C.
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
