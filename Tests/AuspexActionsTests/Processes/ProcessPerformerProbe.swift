import AuspexRunbooks
import Foundation

@testable import AuspexActions

/// What tests need from inside the room.
enum ProcessPerformerProbe {
    static func identity(of pid: Int32) -> ProcessIdentity? { ProcessIdentity(pid: pid) }

    /// The pipes that a process has open, by the kernel's names for them; none for one that is not there.
    static func pipes(of process: String) -> Set<String> {
        let folder = "/proc/\(process)/fd"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let targets = files.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        return Set(targets.filter { $0.hasPrefix("pipe:") })
    }

    /// How many threads this process has.
    static func threadCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }

    /// The processes with `text` in their command line that are not over.
    static func processes(with text: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int32(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }
}
