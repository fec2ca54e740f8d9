import COpenBLAS

/// Float or Double: the types for which BLAS and LAPACK have routines. The requirements are those routines, thin: shapes
/// and thread count are the business of ``Matrix``.
package protocol BLASScalar: BinaryFloatingPoint, Sendable {
    /// The letter with which its routines' names begin: `s` or `d`.
    static var prefix: String { get }

    /// C := alpha op(A) op(B) + beta C; op transposes when told. C is m×n, the inner length is k.
    static func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Self,
        _ a: UnsafePointer<Self>, _ lda: Int32, _ b: UnsafePointer<Self>, _ ldb: Int32, _ beta: Self,
        _ c: UnsafeMutablePointer<Self>, _ ldc: Int32)

    /// Lower triangle of C := alpha A Aᵀ + beta C, or alpha Aᵀ A + beta C. C is n×n, the inner length is k.
    static func syrk(
        _ transpose: Bool, _ n: Int32, _ k: Int32, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int32, _ beta: Self,
        _ c: UnsafeMutablePointer<Self>, _ ldc: Int32)

    /// y := alpha op(A) x + beta y. A is m×n.
    static func gemv(
        _ transpose: Bool, _ m: Int32, _ n: Int32, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int32,
        _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)

    /// The inner product of n values.
    static func dot(_ n: Int32, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self

    /// All eigenvalues (ascending) and vectors of the symmetric matrix in the lower triangle of A, which is overwritten.
    static func syevd(
        _ n: Int32, _ a: UnsafeMutablePointer<Self>, _ values: UnsafeMutablePointer<Self>,
        _ work: UnsafeMutablePointer<Self>, _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32

    /// Eigenvalues number `first` to `last` (from 1, ascending) and their vectors.
    static func syevr(
        _ n: Int32, _ a: UnsafeMutablePointer<Self>, _ first: Int32, _ last: Int32,
        _ values: UnsafeMutablePointer<Self>, _ vectors: UnsafeMutablePointer<Self>,
        _ support: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Self>, _ lwork: Int32,
        _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32

    /// The thin singular value decomposition of A (m×n, overwritten).
    static func gesdd(
        _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Self>, _ s: UnsafeMutablePointer<Self>,
        _ u: UnsafeMutablePointer<Self>, _ vt: UnsafeMutablePointer<Self>, _ work: UnsafeMutablePointer<Self>,
        _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>
    ) -> Int32

    /// The lower Cholesky factor of A, in place.
    static func potrf(_ n: Int32, _ a: UnsafeMutablePointer<Self>) -> Int32

    /// Solves with a lower Cholesky factor; B (n×columns) becomes the solution.
    static func potrs(
        _ n: Int32, _ columns: Int32, _ factor: UnsafePointer<Self>, _ b: UnsafeMutablePointer<Self>
    ) -> Int32

    /// Least squares of A (m×n, overwritten by its QR factors) and B (m×columns, solution in its first n rows).
    static func gels(
        _ m: Int32, _ n: Int32, _ columns: Int32, _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>,
        _ work: UnsafeMutablePointer<Self>, _ lwork: Int32
    ) -> Int32
}

/// OpenBLAS keeps to one thread: its pool spins, which under load costs a hundredfold. We run series beside each other
/// instead.
package enum BLASThreads {
    private static let pinned: Void = openblas_set_num_threads(1)

    /// Every entry to BLAS calls this; the first one does it.
    package static func pin() { _ = pinned }

    /// How many threads OpenBLAS uses.
    package static var count: Int {
        pin()
        return Int(openblas_get_num_threads())
    }
}
