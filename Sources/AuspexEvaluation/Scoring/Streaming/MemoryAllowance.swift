import Foundation

/// How much memory a table may take.
public enum MemoryAllowance: Hashable, Sendable, CustomStringConvertible {
    /// As many bytes as the user allows.
    case given(Int)
    /// As many bytes as the machine has, or the control group that we are in.
    case machine(Int)

    /// Where Linux tells the limit of the control group, second version.
    private static let groupFile = "/sys/fs/cgroup/memory.max"

    /// What this machine allows.
    public static var ofMachine: MemoryAllowance {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        // Not there, or the word `max`: no limit.
        let group = (try? String(contentsOfFile: groupFile, encoding: .utf8)).flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return .machine(min(physical, group ?? physical))
    }

    /// The bytes.
    public var bytes: Int {
        switch self {
        case .given(let bytes), .machine(let bytes): bytes
        }
    }

    /// `4.0 GiB are allowed`
    public var description: String {
        switch self {
        case .given(let bytes): "\(Self.text(bytes)) are allowed"
        case .machine(let bytes): "this machine has \(Self.text(bytes))"
        }
    }

    /// A number of bytes in the largest unit of which there is one.
    static func text(_ bytes: Int) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var number = Double(bytes)
        var unit = 0
        while number >= 1_024, unit < units.count - 1 {
            number /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : "\(NumberText.short(number, 3)) \(units[unit])"
    }
}
