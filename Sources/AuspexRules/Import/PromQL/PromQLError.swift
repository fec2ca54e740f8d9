/// Why a text is not PromQL, or not of a form that is known here.
struct PromQLError: Error, Hashable {
    /// What is wrong, a clause without a full stop.
    let reason: String
    /// How many Unicode scalars come before the place.
    let offset: Int
}
