import AuspexSignals

/// All faults with one signature at one service, in order of time.
struct FaultKind: Hashable, Sendable {
    let signature: String
    let service: String
    let faults: [Fault]

    /// Sorts faults into kinds. The result does not depend on their order.
    static func kinds(of faults: [Fault]) -> [FaultKind] {
        struct Key: Hashable {
            var signature: String
            var service: String
        }
        return Dictionary(grouping: faults) { Key(signature: $0.signature, service: $0.service) }
            .map { key, faults in
                FaultKind(
                    signature: key.signature, service: key.service,
                    faults: faults.sorted { $0.time < $1.time })
            }
            .sorted { ($0.signature, $0.service) < ($1.signature, $1.service) }
    }
}
