package import AuspexSignals

/// What the operating system lets a command use. Nil is no limit of ours.
package struct ProcessLimits: Hashable, Sendable, Codable {
    /// Bytes of address space of each process.
    package var memory: Int64?
    /// Processes and threads: of the user that the command runs as, all that it has, for so the kernel counts; of root,
    /// which the kernel does not count, those that descend from the command.
    package var processes: Int64?
    /// Files that a process may have open.
    package var openFiles: Int64?
    /// Bytes of a file that a process writes.
    package var fileSize: Int64?
    /// Processor time of each process; whole seconds, rounded up.
    package var cpu: TimeSpan?

    /// Creates limits; nil is none.
    package init(
        memory: Int64? = nil, processes: Int64? = nil, openFiles: Int64? = nil, fileSize: Int64? = nil,
        cpu: TimeSpan? = nil
    ) {
        self.memory = memory
        self.processes = processes
        self.openFiles = openFiles
        self.fileSize = fileSize
        self.cpu = cpu
    }

    /// The narrower of either's limits: a step can tighten what the engine's configuration allows, never loosen it.
    package func tightened(by other: ProcessLimits) -> ProcessLimits {
        func narrower<Value: Comparable>(_ mine: Value?, _ other: Value?) -> Value? {
            guard let mine, let other else { return mine ?? other }
            return min(mine, other)
        }
        return ProcessLimits(
            memory: narrower(memory, other.memory), processes: narrower(processes, other.processes),
            openFiles: narrower(openFiles, other.openFiles), fileSize: narrower(fileSize, other.fileSize),
            cpu: narrower(cpu, other.cpu))
    }

    /// `memory 512 MiB, processes 64`; empty without limits.
    package var summary: String {
        var parts: [String] = []
        if let memory { parts.append("memory \(ByteCount.text(memory))") }
        if let processes { parts.append("processes \(processes)") }
        if let openFiles { parts.append("open files \(openFiles)") }
        if let fileSize { parts.append("file size \(ByteCount.text(fileSize))") }
        if let cpu { parts.append("cpu \(cpu)") }
        return parts.joined(separator: ", ")
    }
}

/// Who a command runs as, and within which bounds.
package struct Confinement: Hashable, Sendable, Codable {
    /// The user that it runs as; nil for the engine's own.
    package var user: String?
    /// Limits besides those of the engine's configuration; the narrower count.
    package var limits: ProcessLimits?
    /// The time between asking it to end and killing it; nil for the configured one.
    package var killAfter: TimeSpan?
    /// Bytes kept of each of its outputs, half of them from either end; nil for the usual.
    package var maxOutput: Int64?

    /// Creates a confinement; nil is what is usual.
    package init(
        user: String? = nil, limits: ProcessLimits? = nil, killAfter: TimeSpan? = nil, maxOutput: Int64? = nil
    ) {
        self.user = user
        self.limits = limits
        self.killAfter = killAfter
        self.maxOutput = maxOutput
    }

    /// ` as deploy, within memory 512 MiB`; empty when there is nothing that somebody who approves must know.
    var summary: String {
        let bounds = limits?.summary ?? ""
        return (user.map { " as \($0)" } ?? "") + (bounds.isEmpty ? "" : " within \(bounds)")
    }
}
