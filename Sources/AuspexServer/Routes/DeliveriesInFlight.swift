/// Lets equal deliveries that come at the same time wait for the first of them, so that only one is worked in.
///
/// As many are remembered as requests are open.
actor DeliveriesInFlight {
    private var works: [String: Task<Bool, any Error>] = [:]

    /// Works a delivery in, or waits until somebody else has.
    ///
    /// - Parameters:
    ///   - key: Identifies the delivery.
    ///   - work: Works it in, and tells whether it was news. It is finished even if the request that began it is given up.
    /// - Returns: whether it was news and this call has worked it in.
    /// - Throws: what `work` throws, to all who wait.
    func once(_ key: String, _ work: @escaping @Sendable () async throws -> Bool) async throws -> Bool {
        if let begun = works[key] {
            _ = try await begun.value
            return false
        }
        let task = Task { try await work() }
        works[key] = task
        defer { works[key] = nil }
        return try await task.value
    }
}
