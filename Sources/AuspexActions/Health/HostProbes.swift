import AuspexRunbooks
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Looks at this host, without starting anything.
struct HostProbes: Sendable {
    let clock: any WallClock
    /// Where the kernel tells about processes.
    var processes = ProcessListing()
    private let calls = BlockingCalls()

    init(clock: any WallClock, processes: ProcessListing = ProcessListing()) {
        self.clock = clock
        self.processes = processes
    }

    /// What a call that does not come back comes to.
    private static let hangs = Finding.unknown("too many look-ups on this host hang already")

    /// Whether a process runs.
    func process(_ target: HealthCheck.ProcessTarget) async -> Finding {
        let processes = processes
        return await calls.run { processes.finding(target) } ?? Self.hangs
    }

    /// Whether a file system has room.
    func disk(_ disk: HealthCheck.Disk) async -> Finding {
        await calls.run { Self.look(at: disk) } ?? Self.hangs
    }

    /// Whether a file is there and was changed lately.
    func file(_ file: HealthCheck.File) async -> Finding {
        let now = clock.now()
        return await calls.run { Self.look(at: file, now) } ?? Self.hangs
    }

    private static func look(at disk: HealthCheck.Disk) -> Finding {
        var status = statvfs()
        guard statvfs(disk.path, &status) == 0 else { return .unknown(String(cString: strerror(errno))) }
        return FileSystem(status).finding(disk.limits)
    }

    private static func look(at file: HealthCheck.File, _ now: Timestamp) -> Finding {
        var status = stat()
        guard stat(file.path, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            return errno == ENOENT || errno == ENOTDIR ? .fail(reason) : .unknown(reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .fail("is not a file") }
        let seconds = Int64(status.st_mtim.tv_sec)
        let changed = Timestamp(milliseconds: seconds.multipliedReportingOverflow(by: 1_000).partialValue)
        let age = now - changed
        let measured: [String: JSONValue] = [
            "age_seconds": .double(Double(age.milliseconds) / 1_000), "bytes": .int(Int64(status.st_size)),
        ]
        guard let most = file.maxAge, age > most else { return .ok("changed \(age) ago", measured) }
        return .fail("changed \(age) ago, more than \(most)", measured)
    }
}

/// The room of a file system.
struct FileSystem: Hashable, Sendable {
    /// Bytes that programs that are not root's may still take, and those that they can have in all.
    var free: Double
    var total: Double
    /// Inodes likewise; a total of 0 where there is no fixed number of them.
    var freeInodes: Double
    var totalInodes: Double

    init(free: Double, total: Double, freeInodes: Double, totalInodes: Double) {
        (self.free, self.total, self.freeInodes, self.totalInodes) = (free, total, freeInodes, totalInodes)
    }

    init(_ status: statvfs) {
        let block = Double(status.f_frsize)
        let used = Double(status.f_blocks) - Double(status.f_bfree)
        // As df counts: what is kept for root is neither free nor there.
        self.init(
            free: Double(status.f_bavail) * block, total: (used + Double(status.f_bavail)) * block,
            freeInodes: Double(status.f_favail), totalInodes: Double(status.f_files))
    }

    /// Whether it has as much room as `limits` say.
    func finding(_ limits: HealthCheck.DiskLimits) -> Finding {
        guard total > 0 else { return .unknown("the file system does not say how large it is") }
        let ratio = free / total
        var measured: [String: JSONValue] = [
            "free_ratio": .double(Self.rounded(ratio)), "free_bytes": .int(Self.count(free)),
            "total_bytes": .int(Self.count(total)),
        ]
        let message = "\(Self.percent(ratio)) free"
        var shortcomings: [String] = []
        if let least = limits.minFreeRatio, ratio < least {
            shortcomings.append("\(message), less than \(Self.percent(least))")
        }
        if let least = limits.minFreeBytes, free < Double(least) {
            shortcomings.append("\(Self.count(free)) bytes free, less than \(least)")
        }
        if totalInodes > 0 {
            let inodes = freeInodes / totalInodes
            measured["free_inodes_ratio"] = .double(Self.rounded(inodes))
            if let least = limits.minFreeInodesRatio, inodes < least {
                shortcomings.append("\(Self.percent(inodes)) of the inodes free, less than \(Self.percent(least))")
            }
        }
        guard shortcomings.isEmpty else { return .fail(shortcomings.joined(separator: "; "), measured) }
        if let least = limits.warnFreeRatio, ratio < least {
            return Finding(
                status: .warn, message: "\(message), less than \(Self.percent(least))", measured: measured)
        }
        return .ok(message, measured)
    }

    /// A number of bytes; file systems of the network may tell of more than fit, which are the most that do.
    private static func count(_ bytes: Double) -> Int64 { Int64(exactly: bytes.rounded(.towardZero)) ?? .max }

    private static func rounded(_ ratio: Double) -> Double { (ratio * 10_000).rounded() / 10_000 }

    private static func percent(_ ratio: Double) -> String { "\((ratio * 1_000).rounded() / 10) %" }
}
