package import ServiceLifecycle

/// A service whose graceful shutdown has an end: when it takes longer than `limit`, the service is cancelled, so that
/// those behind it in the group still get their turn before the process is killed.
package struct BoundedShutdown<Wrapped: Service>: Service {
    private let wrapped: Wrapped
    private let limit: Duration

    /// Bounds the graceful shutdown of `service`.
    package init(_ service: Wrapped, within limit: Duration) {
        wrapped = service
        self.limit = limit
    }

    /// Runs the service.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await wrapped.run()
                return true
            }
            group.addTask {
                // Both are cut short when the service has ended by itself.
                try? await gracefulShutdown()
                try? await Task.sleep(for: limit)
                return false
            }
            let hasEnded = try await group.next() ?? true
            group.cancelAll()
            guard !hasEnded else { return }
            do {
                try await group.waitForAll()
            } catch is CancellationError {}
        }
    }
}
