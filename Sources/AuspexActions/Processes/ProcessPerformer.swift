package import AuspexRunbooks
package import AuspexSignals
import Foundation
import Subprocess
import SystemPackage

/// Runs commands through the helper `auspex-exec`, which outlives the engine if need be, so that the result of a
/// command that must not run twice is not lost with the engine.
package struct ProcessPerformer: Performer {
    /// The time between two looks at a command that an earlier engine began. A result that comes a little late harms
    /// nobody.
    private static let lookInterval = Duration.milliseconds(200)

    private let configuration: ProcessConfiguration
    private let orders = OrdersAtWork()

    /// Creates a performer.
    package init(_ configuration: ProcessConfiguration) {
        self.configuration = configuration
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .run(let command) = order.operation else { return .refused("not a command") }
        do {
            let job = try job(command, order)
            let spool = try directory(for: order)
            defer {
                if order.effect == .read {
                    spool.remove()
                    SpoolDirectory.removeSeal(of: order.id, in: configuration.spool)
                }
            }
            orders.begin(spool.path)
            defer { orders.end(spool.path) }
            try spool.write(job)
            return await run(spool, command, order, control)
        } catch {
            return .refused("\(error)")
        }
    }

    package func newestRepetition(of order: OperationOrder) async -> Int {
        SpoolDirectory.newestRepetition(of: order.id, in: configuration.spool)
    }

    package func locate(_ order: OperationOrder) async -> Located {
        guard case .run(let command) = order.operation, order.effect != .read else { return .unknown }
        do {
            let spool = try SpoolDirectory(of: order.id, in: configuration.spool)
            if try spool.revoke() {
                spool.removeOrder()
                return .notStarted
            }
            // In this order: a helper writes its status before it goes, so who is not there any more has written it.
            let isAlive = spool.claim?.process?.isAlive ?? false
            guard let status = spool.status else { return isAlive ? .running : .unknown }
            let result = status.result(expecting: command.expectedExits, timeout: "\(order.timeout)")
            return result.outcome == .unknown ? .unknown : .finished(result)
        } catch {
            return .unknown
        }
    }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        guard case .run(let command) = order.operation,
            let spool = try? SpoolDirectory(of: order.id, in: configuration.spool)
        else { return .refused("not a command") }
        if let process = spool.claim?.process { control.started(process) }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in control.stops { spool.requestStop() }
            }
            defer { group.cancelAll() }
            while !Task.isCancelled {
                let isAlive = spool.claim?.process?.isAlive ?? false
                if let status = spool.status {
                    return status.result(expecting: command.expectedExits, timeout: "\(order.timeout)")
                }
                guard isAlive else { break }
                try? await Task.sleep(for: Self.lookInterval)
            }
            return .lost
        }
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        SpoolDirectory.removeOrders(in: configuration.spool, but: orders)
        SpoolDirectory.removeRuns(in: configuration.spool, keeping: open, before: time)
    }

    // MARK: - Starting

    private func job(_ command: Command, _ order: OperationOrder) throws -> ExecOrder {
        guard let name = command.argv.first else { throw SpoolError(reason: "there is no program to run") }
        let environment = configuration.environment
            .merging(command.environment) { _, declared in declared }
            .merging([
                "AUSPEX_IDEMPOTENCY_KEY": order.idempotencyKey, "AUSPEX_RUN": order.id.run,
                "AUSPEX_STEP": order.id.path,
            ]) { _, own in own }
        // The system would take what follows the NUL for nothing.
        guard !(command.argv + environment.values).contains(where: { $0.utf8.contains(0) }) else {
            throw SpoolError(reason: "an argument or a variable has a NUL in it")
        }
        let program = try configuration.executable(name)
        let bounds = command.confinement ?? Confinement()
        try configuration.checkUser(bounds.user)
        // Half of what is to be kept from either end.
        let kept = bounds.maxOutput.map { Int(clamping: $0 / 2) } ?? ProcessConfiguration.keptBytes
        return ExecOrder(
            argv: [program.path] + command.argv.dropFirst(), program: program.identity, user: bounds.user,
            limits: ExecLimits(configuration.limits.tightened(by: bounds.limits ?? ProcessLimits())),
            directory: command.directory ?? configuration.directory, environment: environment, input: command.input,
            timeoutMilliseconds: order.timeout.milliseconds,
            graceMilliseconds: (bounds.killAfter ?? configuration.grace).milliseconds,
            outlivesEngine: order.effect == .once, keptBytes: kept, spooledBytes: LiveOutput.mostBytes)
    }

    /// A new directory for the operation.
    private func directory(for order: OperationOrder) throws -> SpoolDirectory {
        if order.effect == .read { return try SpoolDirectory.passing(order.id, in: configuration.spool) }
        let spool = try SpoolDirectory(of: order.id, in: configuration.spool)
        guard try spool.create() else { throw SpoolError(reason: "\(spool.path) is there already") }
        return spool
    }

    /// How long a helper may take at most.
    private func patience(_ timeout: TimeSpan, _ grace: TimeSpan) -> TimeSpan {
        let more = grace.milliseconds + configuration.reserve.milliseconds
        let (sum, overflows) = timeout.milliseconds.addingReportingOverflow(more)
        return TimeSpan(milliseconds: overflows ? .max : sum)
    }

    /// Runs the helper and reads what it leaves.
    private func run(
        _ spool: SpoolDirectory, _ command: Command, _ order: OperationOrder, _ control: OperationControl
    ) async -> OperationResult {
        let bounds = command.confinement ?? Confinement()
        let helper = Helper(
            path: configuration.helper, spool: spool.path,
            patience: patience(order.timeout, bounds.killAfter ?? configuration.grace))
        let problem = await helper.run(control)
        if Task.isCancelled { return .lost }
        if problem == Helper.overdue { return .overdue }
        spool.removeOrder()
        if let status = spool.status {
            return status.result(expecting: command.expectedExits, timeout: "\(order.timeout)")
        }
        // Whoever takes the operation first decides: if that is us, the helper never began and never will.
        if (try? spool.revoke()) ?? false {
            return .refused(problem ?? "the helper \(configuration.helper) did not begin")
        }
        return .lost
    }
}

extension OperationResult {
    /// An operation that was not begun.
    static func refused(_ reason: String) -> OperationResult {
        OperationResult(outcome: .failed, reason: reason, errorCode: "NotStarted")
    }

    /// An operation whose helper does not end, as when it hangs in the kernel: it may still be at work, but the run does
    /// not wait for it.
    static var overdue: OperationResult {
        OperationResult(
            outcome: .unknown, reason: "the helper did not end long after the command's time was over",
            errorCode: "Overdue")
    }

    /// An operation that began, and of which nothing more is known.
    static var lost: OperationResult {
        OperationResult(
            outcome: .unknown, reason: "the helper ended without leaving a result", errorCode: "Lost")
    }
}
