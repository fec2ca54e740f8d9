import AuspexRunbooks

@testable import AuspexActions

/// What tests need from inside the room.
enum ProcessPerformerProbe {
    static func identity(of pid: Int32) -> ProcessIdentity? { ProcessIdentity(pid: pid) }
}
