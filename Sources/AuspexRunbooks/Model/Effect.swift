/// What repeating a step does to the world; it decides what may happen after a crash.
package enum Effect: String, Hashable, Sendable, Codable, CaseIterable {
    /// Changes nothing; may run any number of times.
    case read
    /// Running twice is the same as running once; may be repeated with the same idempotency key.
    case idempotent
    /// Must happen at most once. When nobody knows whether it did, the probe is asked, else a person.
    case once
}
