import AuspexRunbooks
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RunGuards {
    /// The guards of an engine of this configuration.
    init(_ configuration: EngineConfiguration) {
        let actions = configuration.actions
        self = actions.guards
        mostAtOnce = actions.maximumActive
        mostPerHour = actions.maximumPerHour
        coolDown = actions.coolDown
        protected = ProtectedTargets(listed: actions.protected)
        guard actions.protectsOwnHost else { return }
        protected.own = Self.ownNames
        protected.ownDirectories = [URL(filePath: configuration.dataDirectory).standardizedFileURL.path]
    }

    /// The longest name that a host can have, in bytes.
    private static let longestName = 256
    /// Under which names this machine can always be reached.
    private static let loopbackNames = ["localhost", "127.0.0.1", "::1"]

    /// The names of this machine.
    private static var ownNames: [String] {
        var bytes = [CChar](repeating: 0, count: longestName)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return loopbackNames }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? loopbackNames : loopbackNames + [name]
    }
}
