/**
 * Methods that learn a mixture of domains, and the files that pass its weights from one stage to the next.
 */
package org.tdro.mixing;
