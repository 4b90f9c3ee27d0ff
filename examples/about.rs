//! Prints the catalogue: codes, limits and checks, as every host reads them from the module.

fn main() {
    // A head of zeroes asks for operation 0, `about`.
    println!("{}", authn::Registry::new().call(&[0; 40]));
}
