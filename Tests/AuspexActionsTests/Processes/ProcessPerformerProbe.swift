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
}
